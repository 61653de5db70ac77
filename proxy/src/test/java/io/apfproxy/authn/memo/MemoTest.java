package io.apfproxy.authn.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.time.ManualTime;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 12 of security.md: asked once, remembered in number and in bytes. */
@Tag("S14")
@Tag("S16")
@SuppressWarnings("FutureReturnValueIgnored") // whether it was put is what counts
class MemoTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ManualTime clock = new ManualTime();
  private final Memo<String, String> memo = new Memo<>(1000, 1 << 20, clock);
  private final List<CompletableFuture<Remembered<String>>> put = new ArrayList<>();

  private CompletableFuture<String> ask(String key) {
    return memo.ask(
        key,
        () -> {
          put.add(new CompletableFuture<>());
          return put.get(put.size() - 1);
        });
  }

  private void answer(int question, String answer, long bytes, long ttlNanos) {
    put.get(question).complete(new Remembered<>(answer, bytes, ttlNanos));
  }

  @Test
  void putsAQuestionOnceForAllWhoAskMeanwhile() {
    CompletableFuture<String> first = ask("q");
    CompletableFuture<String> second = ask("q");
    CompletableFuture<String> other = ask("r");
    assertThat(put).hasSize(2);
    answer(0, "yes", 0, SECOND);
    assertThat(first).isCompletedWithValue("yes");
    assertThat(second).isCompletedWithValue("yes");
    assertThat(other).isNotDone();
  }

  @Test
  void remembersAnAnswerUntilItsTimeIsOver() {
    ask("q");
    answer(0, "yes", 0, SECOND);
    clock.advance(Duration.ofNanos(SECOND - 1));
    assertThat(ask("q")).isCompletedWithValue("yes");
    assertThat(memo.get("q")).isCompletedWithValue("yes");
    clock.advance(Duration.ofNanos(1));
    assertThat(memo.get("q")).isNull();
    assertThat(ask("q")).isNotDone();
  }

  /**
   * Caffeine reads the clock between its two looks at an entry, so its upkeep may be let run there.
   */
  @Test
  void givesNoAnswerWhoseTimeIsOverWhileItIsBeingThrownOut() {
    UpkeepInBetween upkeep = new UpkeepInBetween();
    Memo<String, String> kept = new Memo<>(1000, 1 << 20, upkeep);
    upkeep.does = kept::bytes;
    kept.ask("q", () -> CompletableFuture.completedStage(new Remembered<>("old", 0, SECOND)));
    clock.advance(Duration.ofSeconds(90));

    upkeep.due = true;
    assertThat(kept.get("q")).isNull();
    assertThat(upkeep.due).as("it still had not run").isFalse();

    assertThat(kept.ask("q", CompletableFuture::new)).isNotDone();
  }

  /** A clock that lets something else happen before it is read. */
  private final class UpkeepInBetween implements TimeSource {
    private Runnable does = () -> {};
    private boolean due;

    @Override
    public long nanoTime() {
      if (due) {
        due = false;
        does.run();
      }
      return clock.nanoTime();
    }

    @Override
    public long epochMillis() {
      return clock.epochMillis();
    }
  }

  /** Whoever asks gets the answer to the newest question, whatever thread it comes on. */
  @Test
  void putsEachQuestionOnceWhoeverAsks() throws InterruptedException {
    int threads = 4;
    int keys = 20_000;
    AtomicIntegerArray asked = new AtomicIntegerArray(keys);
    Memo<Integer, Integer> shared = new Memo<>(keys, keys * 256L, clock);
    List<Thread> running = new ArrayList<>();
    AtomicInteger wrong = new AtomicInteger();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int k = 0; k < keys; k++) {
                  int key = k;
                  int got =
                      shared
                          .ask(
                              key,
                              () -> {
                                asked.incrementAndGet(key);
                                return CompletableFuture.completedStage(
                                    new Remembered<>(key, 0, SECOND));
                              })
                          .join();
                  wrong.addAndGet(got == key ? 0 : 1);
                }
              });
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    assertThat(wrong).hasValue(0);
    assertThat(IntStream.range(0, keys).map(asked::get).max()).hasValue(1);
  }

  @Test
  void keepsAQuestionOpenForAsLongAsItTakes() {
    CompletableFuture<String> first = ask("q");
    clock.advance(Duration.ofDays(1));
    assertThat(ask("q")).isNotDone();
    assertThat(put).hasSize(1);
    answer(0, "yes", 0, SECOND);
    assertThat(first).isCompletedWithValue("yes");
    assertThat(ask("q")).as("from its end on").isCompletedWithValue("yes");
  }

  @Test
  void forgetsAtOnceWhatHasNoTimeToLive() {
    CompletableFuture<String> first = ask("q");
    answer(0, "yes", 0, 0);
    assertThat(first).isCompletedWithValue("yes");
    assertThat(memo.get("q")).isNull();
    assertThat(memo.bytes()).isZero();
  }

  @Test
  void failsForAllWhoWaitAndForNobodyLater() {
    CompletableFuture<String> first = ask("q");
    CompletableFuture<String> second = ask("q");
    CompletableFuture<String> later = second.exceptionallyCompose(failed -> ask("q"));
    put.get(0).completeExceptionally(new IllegalStateException("away"));
    assertThatThrownBy(first::join).hasRootCauseMessage("away");
    assertThatThrownBy(second::join).hasRootCauseMessage("away");
    assertThat(put).as("asked anew in the very moment").hasSize(2);
    assertThat(later).isNotDone();
  }

  @Test
  void failsWhenAQuestionCannotBePut() {
    CompletableFuture<String> failed =
        memo.ask(
            "q",
            () -> {
              throw new IllegalStateException("closed");
            });
    assertThatThrownBy(failed::join).hasRootCauseMessage("closed");
    assertThat(memo.get("q")).isNull();
  }

  @Test
  void letsAnAnswerPutTheSameQuestionAgain() {
    CompletableFuture<String> again = ask("q").thenCompose(answer -> ask("q"));
    answer(0, "yes", 0, 0);
    answer(1, "no", 0, SECOND);
    assertThat(again).isCompletedWithValue("no");
  }

  @Test
  void countsAnswersButNotOpenQuestions() {
    for (int i = 0; i < 2000; i++) {
      ask("q" + i);
    }
    assertThat(memo.bytes()).isZero();
    assertThat(memo.get("q0")).isNotNull();
    for (int i = 0; i < 2000; i++) {
      answer(i, "yes", 10_000, SECOND);
    }
    assertThat(memo.bytes()).isBetween(1L << 19, 1L << 20);
    clock.advance(Duration.ofSeconds(30));
    assertThat(memo.bytes()).isZero();
  }

  @Test
  void logsNothingOfWhatFails() {
    List<LogRecord> logged = new ArrayList<>();
    Logger library = Logger.getLogger("com.github.benmanes.caffeine");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            logged.add(entry);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    library.addHandler(handler);
    try {
      ask("q");
      put.get(0).completeExceptionally(new IllegalStateException("away"));
    } finally {
      library.removeHandler(handler);
    }
    assertThat(logged).isEmpty();
  }
}
