package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of {@link PartialHeads}, and how long it may. Belongs to its event
 * loop.
 */
final class PartialHead {
  /** So long a head may take. */
  static final long SECONDS = 32;

  private final PartialHeads all;
  private final ClientAddress address;
  private final String client;
  private long held;
  private @Nullable Future<?> deadline;

  /**
   * @param client for the log
   */
  PartialHead(PartialHeads all, ClientAddress address, String client) {
    this.all = all;
    this.address = address;
    this.client = client;
  }

  /** From now on it holds so many bytes, if the connection is still open. */
  void hold(ChannelHandlerContext context, long bytes) {
    if (context.channel().isActive()) {
      all.add(address, bytes - held);
      held = bytes;
    }
  }

  /** Closes the connection if it holds more than it may. */
  void check(ChannelHandlerContext context) {
    if (held > 0 && !all.allows(address)) {
      all.overflowed(client);
      close(context);
    }
  }

  /** Begins its time, if that has not begun. */
  void startDeadline(ChannelHandlerContext context) {
    if (deadline == null) {
      deadline = context.executor().schedule(() -> late(context), SECONDS, TimeUnit.SECONDS);
    }
  }

  private void late(ChannelHandlerContext context) {
    all.late(SECONDS, client);
    close(context);
  }

  private static void close(ChannelHandlerContext context) {
    var unused = context.close();
  }

  /** The next one has all its time. */
  void cancelDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      running.cancel(false);
      deadline = null;
    }
  }

  /** Nothing is held any more. Harmless when repeated. */
  void release() {
    cancelDeadline();
    all.add(address, -held);
    held = 0;
  }
}
