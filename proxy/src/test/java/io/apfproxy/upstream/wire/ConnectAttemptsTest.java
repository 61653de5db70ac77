package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S93")
class ConnectAttemptsTest {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final ManualTime time = new ManualTime();
  private final ConnectAttempts attempts = new ConnectAttempts(vertx, time);
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
              time.advance(PAUSE);
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
                time.advance(PAUSE);
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

  private static Throwable failure(Future<?> failing) {
    return get(
        failing.<Throwable>map(any -> new AssertionError("succeeded")).otherwise(cause -> cause));
  }
}
