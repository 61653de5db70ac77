package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeoutException;

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

  /** Fails with a {@link TimeoutException} if that does not end within so long a time. */
  static <T> Future<T> limit(Vertx vertx, long millis, Future<T> awaited) {
    Promise<T> limited = Promise.promise();
    Patience patience =
        new Patience(
            vertx,
            millis,
            () -> limited.tryFail(new TimeoutException("nothing within " + millis + " ms")));
    awaited.onComplete(
        result -> {
          patience.end();
          if (result.succeeded()) {
            limited.tryComplete(result.result());
          } else {
            limited.tryFail(result.cause());
          }
        });
    return limited.future();
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
