package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S93")
class ConnectAttemptsTest {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicLong now = new AtomicLong();
  private final ConnectAttempts attempts = new ConnectAttempts(vertx, now::get);
  private final List<Promise<String>> made = new ArrayList<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(40, TimeUnit.SECONDS).join();
  }

  /** One attempt, and what becomes of it, all in one turn of the loop, in which nothing is seen. */
  private Future<String> connect(Consumer<List<Promise<String>>> fate) {
    Promise<Future<String>> connection = Promise.promise();
    loop.runOnContext(
        turn -> {
          connection.complete(
              attempts.make(
                  () -> {
                    Promise<String> attempt = Promise.promise();
                    made.add(attempt);
                    return attempt.future();
                  }));
          fate.accept(made);
        });
    return get(connection.future());
  }

  @Test
  void makesOneMoreWhereOneFailedWhileWeStoodStill() {
    Future<String> connection =
        connect(
            all -> {
              now.addAndGet(PAUSE.toNanos());
              all.get(0).fail("too late");
              all.get(1).complete("stands");
            });

    assertThat(get(connection)).isEqualTo("stands");
  }

  @Test
  void makesAnotherAfterEachPause() {
    Future<String> connection =
        connect(
            all -> {
              for (int i = 0; i < 3; i++) {
                now.addAndGet(PAUSE.toNanos());
                all.get(i).fail("too late");
              }
              all.get(3).fail("nobody there");
            });

    assertThat(failure(connection)).hasMessage("nobody there");
    assertThat(made).hasSize(4);
  }

  @Test
  void takesAFailureAtItsWordWhereNoTimePassed() {
    Future<String> connection = connect(all -> all.get(0).fail("nobody there"));

    assertThat(failure(connection)).hasMessage("nobody there");
    assertThat(made).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "1, 0, false",
    "2, 0, true",
    "2, 1, false",
    "10, 4, true",
    "10, 5, false"
  })
  void saysThatWeStoodStillWhereMostLooksAreMissing(int due, int looks, boolean stoodStill) {
    assertThat(Standstill.is(due * Standstill.LOOK_NANOS, looks)).isEqualTo(stoodStill);
  }

  private static Throwable failure(Future<?> failing) {
    return get(
        failing.<Throwable>map(any -> new AssertionError("succeeded")).otherwise(cause -> cause));
  }
}
