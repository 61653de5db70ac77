package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a recording, one after the other. */
@Tag("V-56")
class RecordFilesTest {
  private static final int SIZE = 100;

  @TempDir private Path folder;
  private final ManualTime time = new ManualTime();

  private RecordFiles files(int most) {
    return new RecordFiles(folder, "a", SIZE, most, time);
  }

  private static LineBuffer line(int number) {
    return Lines.of(String.format("%09d%n", number));
  }

  private List<Path> present() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : present()) {
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }

  @Test
  void rotateAndLoseNoLine() throws Exception {
    RecordFiles files = files(100);
    for (int i = 0; i < 1_000; i++) {
      files.write(line(i)); // in one millisecond, so that names would be the same
    }
    files.flush();
    assertThat(present()).hasSize(100).allMatch(file -> file.toFile().length() == SIZE);
    assertThat(lines()).hasSize(1_000).isSorted().doesNotHaveDuplicates();
    files.closeQuietly();
  }

  @Test
  void keepTheNewestOfTheirInstance() throws Exception {
    Files.writeString(folder.resolve("apf-proxy-a-b-20200101T000000.000Z.jsonl"), "another's");
    Files.writeString(folder.resolve("apf-proxy-a-20200101T000000.000Z.jsonl"), "old");
    Files.writeString(folder.resolve("apf-proxy-a-notes.jsonl"), "somebody's");
    RecordFiles files = files(3);
    for (int i = 0; i < 100; i++) {
      files.write(line(i));
      time.advance(Duration.ofSeconds(1));
    }
    files.closeQuietly();
    assertThat(present().stream().map(file -> file.getFileName().toString()))
        .hasSize(5)
        .contains("apf-proxy-a-b-20200101T000000.000Z.jsonl", "apf-proxy-a-notes.jsonl")
        .doesNotContain("apf-proxy-a-20200101T000000.000Z.jsonl");
    assertThat(lines()).contains("000000099", "000000070").doesNotContain("000000069");
  }

  @Test
  void areForNobodyElse() throws Exception {
    RecordFiles files = files(1);
    files.write(line(1));
    files.closeQuietly();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(present().get(0))))
        .isEqualTo("rw-------");
    assertThat(present().get(0).getFileName().toString())
        .matches("apf-proxy-a-[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z\\.jsonl");
  }

  @Test
  void goOnWhenOneIsRemoved() throws Exception {
    RecordFiles files = files(5);
    files.write(line(1));
    files.flush();
    Files.delete(present().get(0));
    files.look();
    files.write(line(2));
    files.closeQuietly();
    assertThat(lines()).containsExactly("000000002");
  }

  /** A folder in the place of the oldest, with something in it. */
  @Test
  void growNoFurtherWhereTheOldestStays() throws Exception {
    Path stays = folder.resolve("apf-proxy-a-20200101T000000.000Z.jsonl");
    Files.writeString(Files.createDirectory(stays).resolve("in-it"), "x");
    RecordFiles files = files(1);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> files.write(line(1))).isInstanceOf(IOException.class);
      files.closeQuietly();
    }
    assertThat(present()).isEmpty();
    Files.delete(stays.resolve("in-it"));
    files.write(line(2));
    files.closeQuietly();
    assertThat(lines()).containsExactly("000000002");
  }
}
