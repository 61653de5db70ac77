package io.apfproxy.server.walk;

import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * The context that Vert.x gives a request.
 *
 * @param context see {@link UnderWay}
 */
record ContextLoop(ContextInternal context) implements RequestLoop {
  @Override
  public void run(Runnable step) {
    context.runOnContext(queued -> step.run());
  }

  /*
   * Not by Vert.x's own, each of which is kept in two maps besides, one of them shared by all event
   * loops, for those who forget to cancel it. Here each is.
   */
  @Override
  public Runnable after(long nanos, Runnable step) {
    ScheduledFuture<?> timer =
        context
            .nettyEventLoop()
            .schedule(
                () -> context.emit(step, Runnable::run), Math.max(0, nanos), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }
}
