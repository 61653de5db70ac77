package io.apfproxy.server.log;

import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of a recording, {@code apf-proxy-INSTANCE-TIME.jsonl}: one after the other, each up to a
 * size, of which the newest are kept. Nobody but the proxy's user may read them. Source:
 * specification seeing.md V-56.
 */
final class RecordFiles implements LineTarget {
  private static final int MOST_TRIES = 1_000;
  private static final String PREFIX = "apf-proxy-";
  private static final String SUFFIX = ".jsonl";

  /** Names sort as the times do. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String TIME_PATTERN = "[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z";

  private final LineStream stream = new LineStream();
  private final Path folder;
  private final String beginning;
  private final Pattern own;
  private final long mostBytes;
  private final int mostFiles;
  private final TimeSource time;
  private @Nullable Path present;
  private long written;

  /**
   * @param instance tells replicas that record into the same folder apart
   * @param mostBytes of one file
   * @param mostFiles of this instance, 1 or more
   */
  RecordFiles(Path folder, String instance, long mostBytes, int mostFiles, TimeSource time) {
    this.folder = folder;
    this.beginning = PREFIX + instance + "-";
    this.own = Pattern.compile(Pattern.quote(beginning) + TIME_PATTERN + Pattern.quote(SUFFIX));
    this.mostBytes = mostBytes;
    this.mostFiles = mostFiles;
    this.time = time;
  }

  @Override
  public void write(LineBuffer line) throws IOException {
    if (stream.isOpen() && written + line.size() > mostBytes) {
      stream.close();
    }
    if (!stream.isOpen()) {
      next();
    }
    stream.write(line);
    written += line.size();
  }

  /** Makes room first: if that fails nothing is written, and the folder grows no further. */
  private void next() throws IOException {
    List<Path> old = files();
    for (Path file : old.subList(0, Math.max(0, old.size() - mostFiles + 1))) {
      Files.deleteIfExists(file);
    }
    long millis = time.epochMillis();
    for (int tries = 0; ; tries++) {
      Path file =
          folder.resolve(beginning + TIME.format(Instant.ofEpochMilli(millis + tries)) + SUFFIX);
      try {
        stream.open(make(file));
        present = file;
        written = 0;
        return;
      } catch (FileAlreadyExistsException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static OutputStream make(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return Channels.newOutputStream(
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes));
  }

  /** Those of this instance, the oldest first. */
  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> own.matcher(name(file)).matches())
          .sorted(Comparator.comparing(RecordFiles::name))
          .toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
  }

  /** Who removes the file that is written gets another one. */
  @Override
  public void look() {
    Path file = present;
    if (stream.isOpen() && file != null && !Files.exists(file)) {
      closeQuietly();
    }
  }

  @Override
  public void closeQuietly() {
    stream.closeQuietly();
  }
}
