package io.apfproxy.upstream.wire;

import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.Standstill;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.EngineChoice;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Attempts at a connection to one upstream: made once more where the other TLS engine is to be
 * tried, and where one failed while we ourselves stood still. Belongs to one event loop. Source:
 * specification security.md S93.
 */
final class ConnectAttempts {
  /*
   * Timers of the library end an attempt that takes too long, and after a pause of ours they fire
   * before it is seen that the other end answered long ago. Taken at its word, that would be proof
   * that nobody is there: for this request, and for all others.
   */
  private final TimeSource time;
  private final DelayedActions later;
  private final UpstreamEngine engine = new UpstreamEngine();

  ConnectAttempts(Vertx vertx, TimeSource time) {
    this.time = time;
    this.later =
        (nanos, action) ->
            vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos), due -> action.run());
  }

  /** Which engine is used. */
  EngineChoice engine() {
    return engine;
  }

  /** Makes one, and as many more as it needs. */
  <T> Future<T> make(Supplier<Future<T>> attempt) {
    Future<T> made = engine.connect(attempt);
    if (made.isComplete()) {
      return made;
    }
    Standstill standstill = new Standstill(time, later);
    return made.transform(
        result -> {
          boolean stoodStill = standstill.end();
          return result.failed() && stoodStill ? make(attempt) : made;
        });
  }
}
