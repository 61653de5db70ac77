package io.apfproxy.server.log;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that lines are added to, or standard output. A file that was moved or removed meanwhile,
 * as by logrotate, is made anew. Belongs to one thread, and may block it.
 */
final class LineFile implements LineTarget {
  /** Standard output, in place of a file. */
  static final Path STANDARD_OUTPUT = Path.of("-");

  private static final int BUFFER = 64 << 10;

  private final Path path;
  private @Nullable OutputStream out;
  private @Nullable Object identity;

  LineFile(Path path) {
    this.path = path;
  }

  @Override
  public void write(byte[] line) throws IOException {
    open().write(line);
  }

  @Override
  public void flush() throws IOException {
    OutputStream present = out;
    if (present != null) {
      present.flush();
    }
  }

  private OutputStream open() throws IOException {
    OutputStream present = out;
    if (present == null) {
      present = new BufferedOutputStream(stream(), BUFFER);
      out = present;
      identity = identity();
    }
    return present;
  }

  private OutputStream stream() throws IOException {
    return isStandardOutput()
        ? new FileOutputStream(FileDescriptor.out)
        : Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private boolean isStandardOutput() {
    return path.equals(STANDARD_OUTPUT);
  }

  /** What tells a file from another one of the same name; null where nothing does. */
  private @Nullable Object identity() throws IOException {
    return isStandardOutput()
        ? null
        : Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** Closes it if another file, or none, is in its place by now. */
  @Override
  public void look() {
    if (out == null || isStandardOutput()) {
      return;
    }
    Object present;
    try {
      present = identity();
    } catch (IOException gone) {
      present = null;
    }
    if (!Objects.equals(present, identity)) {
      closeQuietly();
    }
  }

  @Override
  public void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // the next one is a new one
    }
  }

  private void close() throws IOException {
    OutputStream present = out;
    out = null;
    if (present != null) {
      if (isStandardOutput()) {
        present.flush(); // others write there too
      } else {
        present.close();
      }
    }
  }
}
