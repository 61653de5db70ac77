package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order and spill of V-50. */
@Tag("V-50")
class SortedLogTest {
  @TempDir Path folder;

  private record Row(long arrival, long finer, int user, String inline) {}

  private static List<Row> rows(Cursor cursor) throws IOException {
    List<Row> rows = new ArrayList<>();
    Entry entry = new Entry();
    try (cursor) {
      while (cursor.read(entry)) {
        rows.add(
            new Row(
                entry.arrival,
                entry.finer,
                entry.user,
                entry.target == Entry.INLINE ? entry.inlineTarget : ""));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 20_000, 1_000, 1})
  void readsInOrderHoweverLittleFitsIntoTheHeap(int runBytes) throws IOException {
    SplittableRandom random = new SplittableRandom(50);
    List<Row> expected = new ArrayList<>();
    try (SortedLog log = new SortedLog(folder, runBytes)) {
      Entry entry = new Entry();
      for (int i = 0; i < 500; i++) {
        entry.arrival = random.nextLong(100);
        entry.finer = Entry.finer(random.nextLong(1_000), random.nextLong(2) << 20);
        entry.user = i;
        entry.target = random.nextInt(5) == 0 ? Entry.INLINE : 7;
        entry.inlineTarget = entry.target == Entry.INLINE ? "get /é/" + i : "";
        log.add(entry);
        expected.add(new Row(entry.arrival, entry.finer, i, entry.inlineTarget));
      }
      log.end();
      expected.sort(Comparator.comparingLong(Row::arrival).thenComparingLong(Row::finer)); // stable

      assertThat(rows(log.cursor())).isEqualTo(expected);
      assertThat(rows(log.cursor())).isEqualTo(expected); // as often as wanted
      assertThat(log.spills() > 0).isEqualTo(runBytes <= 20_000);
      assertThat(log.first()).isEqualTo(expected.get(0).arrival());
      Row last = expected.get(499);
      entry.finer = last.finer();
      assertThat(log.span())
          .isEqualTo((last.arrival() - log.first()) * 1_000 + entry.nanos())
          .isGreaterThan(90_000);
    }
  }

  @Test
  void leavesNoFileBehind() throws IOException {
    try (SortedLog log = new SortedLog(folder, 1)) {
      Entry entry = new Entry();
      log.add(entry);
      log.add(entry);
      log.end();
      assertThat(log.spills()).isEqualTo(1);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
