package io.apfproxy.replay.audit;

import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of an audit log, plain or gzip.
 *
 * @param path null for the standard input
 */
record LogFile(String name, @Nullable Path path) {
  private static final String STANDARD_INPUT = "-";
  private static final int BUFFER = 1 << 16;
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;

  /**
   * The files that inputs mean: those of folders by age, the newest last.
   *
   * @param inputs files, folders, or {@code -}
   * @throws StartException if one is not there, or a folder holds none
   */
  static List<LogFile> of(List<String> inputs) throws StartException {
    List<LogFile> files = new ArrayList<>();
    for (String input : inputs) {
      Path path = Path.of(input);
      if (input.equals(STANDARD_INPUT)) {
        files.add(new LogFile("standard input", null));
      } else if (Files.isDirectory(path)) {
        files.addAll(ofFolder(path));
      } else {
        files.add(new LogFile(input, path));
      }
    }
    return files;
  }

  private record Aged(LogFile file, FileTime time) {}

  private static List<LogFile> ofFolder(Path folder) throws StartException {
    List<Aged> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path file : entries.filter(LogFile::isLog).toList()) {
        found.add(new Aged(new LogFile(file.toString(), file), Files.getLastModifiedTime(file)));
      }
    } catch (IOException e) {
      throw new StartException(
          "LOG: cannot read " + folder + " (" + Reasons.of(e) + "), expected a folder", e);
    }
    if (found.isEmpty()) {
      throw new StartException(
          "LOG: found no *.log* and no *.json* in " + folder + ", expected audit logs");
    }
    return found.stream()
        .sorted(Comparator.comparing(Aged::time).thenComparing(aged -> aged.file().name()))
        .map(Aged::file)
        .toList();
  }

  private static boolean isLog(Path file) {
    String name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && (name.contains(".log") || name.contains(".json"));
  }

  /** What is in it, unpacked. */
  InputStream open() throws IOException {
    InputStream raw = path == null ? System.in : Files.newInputStream(path);
    try {
      BufferedInputStream buffered = new BufferedInputStream(raw, BUFFER);
      buffered.mark(2);
      boolean packed = buffered.read() == MAGIC_1 && buffered.read() == MAGIC_2;
      buffered.reset();
      return packed ? new GZIPInputStream(new Awaited(buffered), BUFFER) : buffered;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /**
   * Has something available as long as anything is to come: a gzip stream looks there for whether
   * another follows, and would end where a pipe pauses.
   */
  private static final class Awaited extends FilterInputStream {
    Awaited(BufferedInputStream in) {
      super(in);
    }

    @Override
    public int available() throws IOException {
      in.mark(1);
      int next = in.read();
      in.reset();
      return next < 0 ? 0 : Math.max(1, in.available());
    }
  }
}
