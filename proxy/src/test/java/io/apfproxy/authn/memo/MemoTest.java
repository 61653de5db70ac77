package io.apfproxy.authn.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.authn.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 12 of security.md: asked once, remembered in number and in bytes. */
@Tag("S14")
@Tag("S16")
@SuppressWarnings("FutureReturnValueIgnored") // whether it was put is what counts
class MemoTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ManualClock clock = new ManualClock();
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
