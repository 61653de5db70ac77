package io.apfproxy.upstream.wire;

import static java.util.Objects.requireNonNull;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long somebody is waited for, in parts: while we ourselves stand still, however long, only one
 * of them passes, and what arrived meanwhile is read before the others are over. Belongs to one
 * event loop. Source: specification security.md S93.
 */
public final class Patience {
  private static final int PARTS = 3;

  private final Vertx vertx;
  private final long part;
  private final Runnable over;
  private int left = PARTS;
  private long timer;

  /**
   * Begins.
   *
   * @param millis as long as we do not stand still; 1 or more
   * @param over run once when it is over
   */
  public Patience(Vertx vertx, long millis, Runnable over) {
    this.vertx = vertx;
    this.part = (millis + PARTS - 1) / PARTS;
    this.over = over;
    this.timer = vertx.setTimer(part, any -> pass());
  }

  private void pass() {
    if (--left == 0) {
      over.run();
    } else {
      timer = vertx.setTimer(part, any -> pass());
    }
  }

  /**
   * Fails with a {@link TimeoutException} if that does not end within so long a time.
   *
   * @param unwanted takes what comes later
   */
  static <T> Future<T> limit(
      Vertx vertx, long millis, Future<T> awaited, Consumer<? super T> unwanted) {
    Limited<T> limited = new Limited<>(vertx, millis, unwanted);
    Future<T> within = limited.future();
    awaited.onComplete(limited::ended);
    return within;
  }

  /**
   * Knows nobody any more who waits once the time is over, though what he waited for never ends.
   */
  private static final class Limited<T> {
    private final Consumer<? super T> unwanted;
    private final Patience patience;
    private @Nullable Promise<T> waiting = Promise.promise();

    Limited(Vertx vertx, long millis, Consumer<? super T> unwanted) {
      this.unwanted = unwanted;
      this.patience = new Patience(vertx, millis, () -> over(millis));
    }

    Future<T> future() {
      return requireNonNull(waiting).future();
    }

    private void over(long millis) {
      Promise<T> told = requireNonNull(waiting);
      waiting = null;
      told.fail(new TimeoutException("nothing within " + millis + " ms"));
    }

    private void ended(AsyncResult<T> result) {
      patience.end();
      if (waiting != null) {
        waiting.handle(result);
      } else if (result.succeeded()) {
        unwanted.accept(result.result());
      }
    }
  }

  /**
   * Ends it. Harmless when repeated.
   *
   * @return whether it was not over yet
   */
  public boolean end() {
    return vertx.cancelTimer(timer);
  }
}
