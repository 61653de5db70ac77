package io.apfproxy.upstream.exchange;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the bodies of one exchange up as long as a rate limit says, both together. Belongs to the
 * event loop of its request. Source: specification limits.md L-21.
 */
final class Pacing {
  private static final long NONE = -1;

  private final Vertx vertx;
  private final Upload upload;
  private final Supplier<@Nullable Answer> answer;
  private long timer = NONE;

  /**
   * @param answer gives the response, if there is one by then
   */
  Pacing(Vertx vertx, Upload upload, Supplier<@Nullable Answer> answer) {
    this.vertx = vertx;
    this.upload = upload;
    this.answer = answer;
  }

  /** For so long, if they are not held up already: then one that began meanwhile is held up too. */
  void hold(long nanos) {
    hold(true);
    if (timer == NONE) {
      timer = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, over -> goOn());
    }
  }

  private void goOn() {
    timer = NONE;
    hold(false);
  }

  private void hold(boolean is) {
    upload.hold(is);
    Answer current = answer.get();
    if (current != null) {
      current.hold(is);
    }
  }

  /** They are nobody's any more. */
  void stop() {
    vertx.cancelTimer(timer);
  }
}
