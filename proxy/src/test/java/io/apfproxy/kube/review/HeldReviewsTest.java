package io.apfproxy.kube.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.apfproxy.upstream.members.Outage;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("L-91")
@Tag("L-92")
class HeldReviewsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ManualTime time = new ManualTime();
  private final Outage outage =
      new Outage(Duration.ofSeconds(15), time::nanoTime, new Outage.Listener() {});
  private final Deque<CompletableFuture<Optional<UserInfo>>> tokens = new ArrayDeque<>();
  private final Deque<CompletableFuture<Boolean>> access = new ArrayDeque<>();
  private final ManualTime later = new ManualTime(); // stands still
  private final HeldReviews reviews =
      new HeldReviews(token -> put(tokens), question -> put(access), outage, time, later);

  private static <T> CompletableFuture<T> put(Deque<CompletableFuture<T>> to) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    synchronized (to) {
      to.add(answer);
    }
    return answer;
  }

  private CompletableFuture<Optional<UserInfo>> review() {
    return reviews.review("secret").toCompletableFuture();
  }

  private static int number(Deque<?> put) {
    synchronized (put) {
      return put.size();
    }
  }

  /** Whoever put the question may hear its answer on his own thread, after it was given. */
  private static void awaitDone(Future<?> answer) {
    await().atMost(LONG).until(answer::isDone);
  }

  private static void expectRefused(Future<?> answer) {
    awaitDone(answer);
    try {
      answer.get();
      throw new AssertionError("it was answered");
    } catch (ExecutionException e) {
      assertThat(e).cause().isInstanceOf(RefusedException.class);
      assertThat(((RefusedException) e.getCause()).rule()).isEqualTo("upstream-unreachable");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asksAtOnceWhereSomebodyIsThere() {
    CompletableFuture<Optional<UserInfo>> answer = review();
    tokens.remove().complete(Optional.of(UserInfo.of("alice")));
    assertThat(answer).isCompletedWithValue(Optional.of(UserInfo.of("alice")));
    assertThat(outage.isClosed()).isFalse();
  }

  @Test
  void failsAsItIsToldWhereSomebodyIsThere() {
    CompletableFuture<Optional<UserInfo>> answer = review();
    tokens.remove().completeExceptionally(new IllegalStateException("403"));
    assertThat(answer).isCompletedExceptionally();
    assertThat(outage.isClosed()).isFalse();
  }

  @Test
  @Tag("S93")
  void isPutAgainWhereItFailedWhileTheProcessStoodStill() {
    CompletableFuture<Optional<UserInfo>> answer = review();
    time.advance(Duration.ofSeconds(10));
    tokens.remove().completeExceptionally(new IllegalStateException("timed out"));
    assertThat(answer).isNotDone();
    assertThat(outage.isClosed()).isFalse();

    tokens.remove().complete(Optional.of(UserInfo.of("alice")));
    assertThat(answer).isCompletedWithValue(Optional.of(UserInfo.of("alice")));
  }

  @Test
  void waitsWhereItFoundNobodyAndIsPutAgainWhenAPulseIsAnswered() {
    CompletableFuture<Optional<UserInfo>> answer = review();
    tokens
        .remove()
        .completeExceptionally(new IllegalStateException("0", new ConnectException("refused")));
    assertThat(outage.isClosed()).as("others need not find that out").isTrue();
    assertThat(outage.waiting()).isOne();
    assertThat(answer).isNotDone();

    outage.pulseAnswered();
    await().atMost(LONG).until(() -> number(tokens) == 1);
    tokens.remove().complete(Optional.empty());

    awaitDone(answer);
    assertThat(answer).isCompletedWithValue(Optional.empty());
    assertThat(outage.waiting()).isZero();
  }

  @Test
  void isNotEvenPutWhileNobodyIsThere() {
    outage.foundNobody();
    CompletableFuture<Boolean> answer =
        reviews.allowed(new Question(UserInfo.of("a"), "get", new Path("/"))).toCompletableFuture();
    assertThat(number(access)).isZero();

    outage.pulseAnswered();
    await().atMost(LONG).until(() -> number(access) == 1);
    access.remove().complete(true);

    awaitDone(answer);
    assertThat(answer).isCompletedWithValue(true);
  }

  @Test
  void isRefusedWhenThatLastsTooLongAndAfterwardsAtOnce() {
    outage.foundNobody();
    CompletableFuture<Optional<UserInfo>> answer = review();
    for (int i = 0; i < 4; i++) {
      outage.pulseMissed();
      assertThat(answer).isNotDone();
      time.advance(Duration.ofSeconds(5));
    }
    outage.pulseMissed();
    expectRefused(answer);
    expectRefused(review());
    assertThat(number(tokens)).isZero();
    assertThat(outage.waiting()).isZero();
  }

  @Test
  void waitsAFewTimesOnlyWherePulsesAreAnsweredAndItIsNot() {
    CompletableFuture<Optional<UserInfo>> answer = review();
    for (int i = 0; i < 5; i++) {
      await().atMost(LONG).until(() -> number(tokens) == 1);
      tokens.remove().completeExceptionally(new ConnectException("refused"));
      await().atMost(LONG).until(() -> outage.waiting() == 1 || answer.isDone());
      outage.pulseAnswered();
    }
    expectRefused(answer);
    assertThat(number(tokens)).isZero();
  }

  /** The threads of those who ask are gone by then. */
  private static HeldReviews atTheEnd(
      Deque<CompletableFuture<Optional<UserInfo>>> tokens, ManualTime time, Outage outage) {
    AtomicBoolean asked = new AtomicBoolean();
    return new HeldReviews(
        token -> {
          if (asked.getAndSet(true)) {
            throw new RejectedExecutionException("shut down");
          }
          return put(tokens);
        },
        question -> put(new ArrayDeque<CompletableFuture<Boolean>>()),
        outage,
        time,
        new ManualTime());
  }

  @Test
  @Tag("S50")
  void endsWhereItIsToBePutAgainAndTheProxyShutsDown() {
    CompletableFuture<Optional<UserInfo>> answer =
        atTheEnd(tokens, time, outage).review("secret").toCompletableFuture();
    tokens.remove().completeExceptionally(new ConnectException("refused"));
    assertThat(outage.waiting()).isOne();

    outage.pulseAnswered();

    await().atMost(LONG).until(answer::isDone);
    assertThat(answer).isCompletedExceptionally();
    assertThat(outage.waiting()).isZero();
  }

  @Test
  @Tag("S50")
  void endsWhereItStoodStillUntilTheProxyShutsDown() {
    CompletableFuture<Optional<UserInfo>> answer =
        atTheEnd(tokens, time, outage).review("secret").toCompletableFuture();
    time.advance(Duration.ofSeconds(10));
    tokens.remove().completeExceptionally(new IllegalStateException("timed out"));
    assertThat(answer).isCompletedExceptionally();
  }
}
