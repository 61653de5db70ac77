package io.apfproxy.server.log;

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

  private final LineStream stream = new LineStream();
  private final Path path;
  private @Nullable Object identity;

  LineFile(Path path) {
    this.path = path;
  }

  @Override
  public void write(LineBuffer line) throws IOException {
    if (!stream.isOpen()) {
      stream.open(isStandardOutput() ? new SharedOutput() : file());
      identity = identity();
    }
    stream.write(line);
  }

  private OutputStream file() throws IOException {
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Standard output, which stays open, as others write there too. */
  private static final class SharedOutput extends FileOutputStream {
    SharedOutput() {
      super(FileDescriptor.out);
    }

    @Override
    public void close() {}
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
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
    if (!stream.isOpen() || isStandardOutput()) {
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
    stream.closeQuietly();
  }
}
