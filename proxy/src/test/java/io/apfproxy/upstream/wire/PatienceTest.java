package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S93")
class PatienceTest {
  private static final long MILLIS = 150;
  private static final long LONG = TimeUnit.MINUTES.toMillis(10);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /**
   * The loop sees that a part is over, and what came meanwhile, before another part can be over.
   */
  @Test
  void isNotOverBeforeWhatCameWhileWeStoodStillWasSeen() {
    Promise<Boolean> overAtOnce = Promise.promise();
    Promise<Void> over = Promise.promise();
    AtomicBoolean is = new AtomicBoolean();
    loop.runOnContext(
        turn -> {
          new Patience(
              vertx,
              MILLIS,
              () -> {
                is.set(true);
                over.complete();
              });
          long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * MILLIS);
          while (System.nanoTime() - until < 0) { // the process is stopped
            LockSupport.parkNanos(until - System.nanoTime());
          }
          vertx.setTimer(1, soon -> overAtOnce.complete(is.get()));
        });

    assertThat(get(overAtOnce.future())).isFalse();
    get(over.future());
  }

  @Test
  void failsWhatDoesNotEndInTime() {
    Promise<Future<String>> limited = Promise.promise();
    loop.runOnContext(
        turn ->
            limited.complete(
                Patience.limit(vertx, 1, Promise.<String>promise().future(), late -> {})));

    Throwable failure =
        get(get(limited.future()).<Throwable>map(any -> new AssertionError(any)).otherwise(c -> c));
    assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageContaining("within 1 ms");
  }

  @Test
  void handsOverWhatComesTooLate() {
    Promise<String> slow = Promise.promise();
    Promise<String> unwanted = Promise.promise();
    Promise<Future<String>> limited = Promise.promise();
    loop.runOnContext(
        turn ->
            limited.complete(
                Patience.limit(vertx, 1, slow.future(), unwanted::complete)
                    .onFailure(over -> slow.complete("late"))));

    assertThat(get(unwanted.future())).isEqualTo("late");
    assertThat(get(limited.future()).failed()).isTrue();
  }

  private Future<String> limited(Future<String> awaited) {
    return Patience.limit(
        vertx,
        LONG,
        awaited,
        late -> {
          throw new AssertionError(late);
        });
  }

  @Test
  void isWhatItLimitsWhereThatEndsInTime() {
    IllegalStateException failed = new IllegalStateException("refused");

    assertThat(limited(Future.succeededFuture("x")).result()).isEqualTo("x");
    assertThat(limited(Future.failedFuture(failed)).cause()).isSameAs(failed);
  }
}
