package io.apfproxy.server.listen;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Event loops that look at their sockets again when tasks have taken {@value #TASKS_MILLIS} ms.
 * Netty's own go on with tasks for a second: seats that come free, one after the other, for a user
 * with hundreds of requests would keep everybody else's unread so long. And they read {@link
 * ClientsInTurn}.
 */
final class AttentiveLoops extends MultiThreadIoEventLoopGroup {
  /** Netty asks for the time once in 64 tasks, so that less would change little. */
  private static final int TASKS_MILLIS = 2;

  AttentiveLoops(int threads, ThreadFactory threadFactory, IoHandlerFactory handlers) {
    super(threads, threadFactory, handlers);
  }

  @Override
  protected IoEventLoop newChild(
      Executor executor, IoHandlerFactory handlers, Object... nothingElse) {
    return new SingleThreadIoEventLoop(
        this,
        executor,
        ClientsInTurn.of(handlers),
        Integer.MAX_VALUE, // tasks that wait: without a limit, as by default
        RejectedExecutionHandlers.reject(),
        TASKS_MILLIS);
  }
}
