package io.apfproxy.authn.memo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nobody fills what others need too. */
@Tag("S14")
@Tag("S16")
@SuppressWarnings("FutureReturnValueIgnored") // whether it started is what counts
class ReviewQueueTest {
  private final Map<String, CompletableFuture<String>> started = new LinkedHashMap<>();

  private CompletableFuture<String> ask(ReviewQueue<String> queue, String who, int number) {
    return ask(queue, who, number, 1);
  }

  private CompletableFuture<String> ask(
      ReviewQueue<String> queue, String who, int number, int bytes) {
    String key = who + number;
    return queue.ask(
        new ReviewQueue.Request<>(
            who, bytes, () -> started.computeIfAbsent(key, k -> new CompletableFuture<>())));
  }

  private void answer(String key) {
    started.get(key).complete(key);
  }

  @Test
  void letsOneAskerAloneHaveFourFifthsAtOnce() {
    ReviewQueue<String> queue = new ReviewQueue<>(64, 1000, 1000);
    IntStream.range(0, 100).forEach(i -> ask(queue, "flood", i));
    assertThat(started).hasSize(52);
    assertThat(queue.waiting()).isEqualTo(48);
  }

  @Test
  void startsTheOneOfAnotherAtOnceAlthoughOneWantsAll() {
    ReviewQueue<String> queue = new ReviewQueue<>(64, 1000, 1000);
    IntStream.range(0, 1000).forEach(i -> ask(queue, "flood", i));
    ask(queue, "honest", 1);
    assertThat(started).containsKey("honest1");
  }

  /** As when all fail because nobody is there. */
  @Test
  void goesNoDeeperForThoseThatAreAnsweredAtOnce() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 100_000, 100_000);
    ask(queue, "first", 0);
    List<CompletableFuture<String>> answers =
        IntStream.range(0, 100_000)
            .mapToObj(
                i ->
                    queue.ask(
                        new ReviewQueue.Request<>(
                            "flood", 1, () -> CompletableFuture.completedFuture("at once"))))
            .toList();
    answer("first0");
    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void servesTheLinesInTurn() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 1000, 1000);
    IntStream.range(0, 100).forEach(i -> ask(queue, "flood", i));
    ask(queue, "alice", 1);
    ask(queue, "bob", 1);
    answer("flood0");
    answer("flood1");
    assertThat(started).containsKey("alice1");
    answer("alice1");
    assertThat(started.keySet()).containsExactly("flood0", "flood1", "alice1", "bob1");
  }

  @Test
  void takesThePlaceForANewcomerFromTheLongestLine() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 10, 1000);
    List<CompletableFuture<String>> flood = new ArrayList<>();
    IntStream.range(0, 12).forEach(i -> flood.add(ask(queue, "flood", i)));
    assertThat(flood.get(11)).as("it has most").isCompletedExceptionally();
    CompletableFuture<String> honest = ask(queue, "honest", 1);
    assertThat(honest).isNotDone();
    assertThat(flood.get(10)).isCompletedExceptionally();
    assertThat(flood.subList(0, 10)).noneMatch(CompletableFuture::isDone);
    assertThat(queue.waiting()).isEqualTo(10);
    assertThat(queue.refused()).isEqualTo(2);
  }

  @Test
  void boundsTheBytesOfThoseThatWait() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 1000, 1 << 20);
    ask(queue, "flood", 0);
    for (int i = 1; i < 1000; i++) {
      ask(queue, "flood", i, 128 << 10);
    }
    assertThat(queue.waiting()).isEqualTo(8);
    CompletableFuture<String> honest = ask(queue, "honest", 1, 1000);
    assertThat(honest).isNotDone();
  }

  @Test
  void refusesWhatIsNotWantedAnyMoreWhenItsTurnComes() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 10, 1000);
    ask(queue, "a", 1);
    CompletableFuture<String> unwanted =
        queue.ask(
            new ReviewQueue.Request<>(
                "b",
                1,
                () -> {
                  throw new AssertionError("not to be asked");
                },
                () -> true));
    CompletableFuture<String> next = ask(queue, "c", 1);
    answer("a1");
    assertThat(unwanted).isCompletedExceptionally();
    assertThat(started).containsKey("c1");
    assertThat(next).isNotDone();
  }

  @Test
  void givesThePlaceBackWhenAReviewThrows() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 10, 1000);
    CompletableFuture<String> failed =
        queue.ask(
            new ReviewQueue.Request<>(
                "a",
                1,
                () -> {
                  throw new IllegalStateException("closed");
                }));
    assertThat(failed).isCompletedExceptionally();
    assertThat(queue.isBusy()).isFalse();
  }

  @Test
  void servesThoseBehindAReviewThatEndsInAnError() {
    ReviewQueue<String> queue = new ReviewQueue<>(1, 10, 1000);
    ask(queue, "first", 0);
    CompletableFuture<String> failed =
        queue.ask(
            new ReviewQueue.Request<>(
                "a",
                1,
                () -> {
                  throw new StackOverflowError();
                }));
    ask(queue, "last", 0);

    answer("first0");

    assertThat(failed)
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(StackOverflowError.class);
    assertThat(started).containsKey("last0");
  }
}
