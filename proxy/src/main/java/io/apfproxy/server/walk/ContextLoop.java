package io.apfproxy.server.walk;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * The context that Vert.x gives a request.
 *
 * @param context see {@link UnderWay}
 */
record ContextLoop(Vertx vertx, ContextInternal context) implements RequestLoop {
  @Override
  public void run(Runnable step) {
    context.runOnContext(queued -> step.run());
  }

  @Override
  public Runnable after(long nanos, Runnable step) {
    long timer =
        vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), due -> step.run());
    return () -> vertx.cancelTimer(timer);
  }
}
