package io.apfproxy.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The flags that the product's JVM is started with: one file says them all. */
public final class JvmFlags {
  /** Tests run in the folder of their module. */
  public static final Path FILE = Path.of("src", "image", "jvm.flags").toAbsolutePath();

  private JvmFlags() {}

  /** What the command line has for them. */
  public static String option() {
    return "-XX:Flags=" + FILE;
  }

  /** Each as the file has it, such as {@code +UseSerialGC} and {@code MaxRAMPercentage=45}. */
  public static List<String> all() {
    try {
      return Files.readAllLines(FILE).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
