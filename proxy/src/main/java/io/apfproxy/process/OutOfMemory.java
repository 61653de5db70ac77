package io.apfproxy.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ends the program when memory is out, heap or direct: what goes on after that has lost a piece
 * somewhere, and limps. The JVM does it by itself with {@code -XX:+ExitOnOutOfMemoryError}, but for
 * direct memory, which is counted by Netty. Thread-safe.
 */
public final class OutOfMemory {
  /** As that flag of the JVM's. */
  public static final int EXIT_CODE = 3;

  private static final int DEEPEST = 20;
  private static final byte[] LAST_WORDS =
      "apf-proxy: out of memory, ending at once\n".getBytes(StandardCharsets.US_ASCII);

  private static volatile boolean armed;

  private OutOfMemory() {}

  /**
   * From now on. Only the program itself does so: a proxy that is embedded does not end its host.
   */
  public static void arm() {
    armed = true;
  }

  /**
   * Does not return if that is why something failed. To be called wherever any {@code Throwable} is
   * taken and not thrown on.
   */
  public static void endIf(@Nullable Throwable failure) {
    if (armed && isOutOfMemory(failure)) {
      try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
        err.write(LAST_WORDS);
      } catch (IOException | OutOfMemoryError e) {
        // then without them
      } finally {
        Runtime.getRuntime().halt(EXIT_CODE);
      }
    }
  }

  private static boolean isOutOfMemory(@Nullable Throwable failure) {
    int depth = 0;
    for (Throwable cause = failure; cause != null && depth < DEEPEST; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
      depth++;
    }
    return false;
  }
}
