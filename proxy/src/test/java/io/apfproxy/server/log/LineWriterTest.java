package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.Patience;
import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S97")
@DisplayName("Lines written on a thread of their own (V-90)")
class LineWriterTest {
  @TempDir private Path folder;
  private final ManualTime time = new ManualTime();

  private LineWriter<String> open(Path file) {
    return LineWriter.start("test", file, line -> Lines.of(line + "\n"), time);
  }

  @Test
  void areAddedInOrderToWhatIsThere() throws Exception {
    Path file = folder.resolve("log");
    Files.writeString(file, "before\n");
    List<String> expected = new ArrayList<>(List.of("before"));
    try (LineWriter<String> writer = open(file)) {
      for (int i = 0; i < 1_000; i++) {
        writer.write("line " + i);
        expected.add("line " + i);
      }
    }
    assertThat(file).content().isEqualTo(String.join("\n", expected) + "\n");
  }

  /** Each time it is woken, and each flush, costs more than a line. */
  @Test
  void leaveTogetherWithWhatCameDuringARest() throws Exception {
    Path file = folder.resolve("log");
    CountDownLatch rests = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicInteger flushes = new AtomicInteger();
    LineTarget counted = new CountedFlushes(new LineFile(file), flushes);
    try (LineWriter<String> writer =
        LineWriter.start(
            "test",
            counted,
            line -> Lines.of(line + "\n"),
            time,
            () -> {
              rests.countDown();
              goesOn.await();
            })) {
      writer.write("first");
      assertThat(rests.await(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(file).content().isEqualTo("first\n");
      IntStream.range(0, 100).forEach(i -> writer.write("line " + i));
      assertThat(writer.waiting()).isEqualTo(100);
      goesOn.countDown();
      await().atMost(Patience.OF_TESTS).until(() -> flushes.get() > 1);
      assertThat(file).content().hasLineCount(101);
    }
    assertThat(flushes).hasValue(2);
  }

  /** A file that counts. */
  private record CountedFlushes(LineTarget file, AtomicInteger flushes) implements LineTarget {
    @Override
    public void write(LineBuffer line) throws IOException {
      file.write(line);
    }

    @Override
    public void flush() throws IOException {
      file.flush();
      flushes.incrementAndGet();
    }

    @Override
    public void look() {
      file.look();
    }

    @Override
    public void closeQuietly() {
      file.closeQuietly();
    }
  }

  @Test
  void goToANewFileWhenTheOldOneWasMoved() throws Exception {
    Path file = folder.resolve("log");
    Path moved = folder.resolve("log.1");
    try (LineWriter<String> writer = open(file)) {
      writer.write("first");
      awaitContent(file, "first\n");
      Files.move(file, moved);
      time.advance(Duration.ofSeconds(1));
      writer.write("second");
      awaitContent(file, "second\n");
    }
    assertThat(moved).content().isEqualTo("first\n");
  }

  @Test
  void areCountedWhenTheyCannotBeWritten() throws Exception {
    Path file = folder.resolve("gone").resolve("log");
    try (LineWriter<String> writer = open(file)) {
      writer.write("lost");
      await().atMost(Patience.OF_TESTS).until(() -> writer.dropped() == 1);
      Files.createDirectory(file.getParent());
      writer.write("kept");
      awaitContent(file, "kept\n");
      assertThat(writer.dropped()).isEqualTo(1);
    }
  }

  @Test
  void areDroppedAndNobodyWaitsWhileTheFileBlocks() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    LineWriter<String> writer =
        LineWriter.start(
            "test",
            folder.resolve("log"),
            line -> {
              blocked.countDown();
              awaitQuietly(goesOn);
              return Lines.of("");
            },
            time);
    try (writer) {
      writer.write("first");
      blocked.await();
      IntStream.range(0, LineWriter.MOST_WAITING + 7).forEach(i -> writer.write("more"));
      assertThat(writer.waiting()).isEqualTo(LineWriter.MOST_WAITING);
      assertThat(writer.dropped()).isEqualTo(7);
      goesOn.countDown();
      // before it is closed, which waits for two seconds at most
      await().atMost(Patience.OF_TESTS).until(() -> writer.waiting() == 0);
    }
    assertThat(writer.waiting()).isZero();
    writer.write("too late");
    assertThat(writer.dropped()).isEqualTo(8);
  }

  /** What takes longer than it may when it is closed is counted as dropped. */
  @Test
  void areWrittenNoMoreWhenItsTimeIsOver() {
    LineWriter<String> writer =
        LineWriter.start(
            "test",
            folder.resolve("log"),
            line -> {
              awaitQuietly(new CountDownLatch(1));
              return Lines.of(line);
            },
            time);
    IntStream.range(0, 1_000).forEach(i -> writer.write("line"));

    writer.close();

    await().atMost(Patience.OF_TESTS).until(() -> writer.dropped() > 0);
  }

  @Test
  void outliveALineThatCannotBeMade() throws Exception {
    Path file = folder.resolve("log");
    LineWriter<String> writer =
        LineWriter.start(
            "test",
            file,
            line -> {
              if (line.isEmpty()) {
                throw new IllegalStateException("a defect");
              }
              return Lines.of(line);
            },
            time);
    try (writer) {
      writer.write("");
      await().atMost(Patience.OF_TESTS).until(() -> writer.dropped() == 1);
      writer.write("next");
      awaitContent(file, "next");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitContent(Path file, String content) {
    await()
        .atMost(Patience.OF_TESTS)
        .ignoreException(IOException.class)
        .until(() -> Files.readString(file).equals(content));
  }
}
