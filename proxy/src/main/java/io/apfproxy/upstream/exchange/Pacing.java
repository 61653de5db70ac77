package io.apfproxy.upstream.exchange;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * Holds the bodies of one exchange up as long as a rate limit says, both together. Belongs to the
 * event loop of its request. Source: specification limits.md L-21.
 */
final class Pacing {
  private static final long NONE = -1;

  private final Vertx vertx;
  private final Bodies bodies;
  private long timer = NONE;

  /** What is held up. */
  interface Bodies {
    /**
     * @param held whether they are not to be read
     */
    void hold(boolean held);
  }

  Pacing(Vertx vertx, Bodies bodies) {
    this.vertx = vertx;
    this.bodies = bodies;
  }

  /** For so long, if they are not held up already. */
  void hold(long nanos) {
    if (timer == NONE) {
      bodies.hold(true);
      timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, over -> goOn());
    }
  }

  private void goOn() {
    timer = NONE;
    bodies.hold(false);
  }

  /** They are nobody's any more. */
  void stop() {
    vertx.cancelTimer(timer);
  }
}
