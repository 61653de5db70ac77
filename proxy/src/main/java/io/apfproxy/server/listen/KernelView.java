package io.apfproxy.server.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel knows of a client that nobody reads from yet. Only the epoll transport lets it be
 * asked. Belongs to one thread.
 */
final class KernelView {
  /** Numbers of Linux: its end was closed, or the connection was reset. */
  private static final int CLOSE_WAIT = 8;

  private static final int CLOSE = 7;

  private static final int ESTABLISHED = 1;

  /** The kernel's times are so coarse. */
  private static final int CLOCK_TICK_MILLIS = 10;

  private final EpollTcpInfo info = new EpollTcpInfo();

  /** False too where the transport cannot tell. */
  boolean hasLeft(Channel client) {
    try {
      return isKnown(client) && (info.state() == CLOSE_WAIT || info.state() == CLOSE);
    } catch (ChannelException gone) {
      return true;
    }
  }

  /** Whether it has sent a byte, or left; true too where the transport cannot tell. */
  boolean hasSpoken(Channel client) {
    try {
      // the kernel has no estimate for acknowledgements before the first data came
      return !isKnown(client) || info.ato() != 0 || info.state() != ESTABLISHED;
    } catch (ChannelException gone) {
      return true;
    }
  }

  /**
   * Whether bytes came that nobody has read; false where the transport cannot tell.
   *
   * @param readNanos since the last ones were read
   */
  boolean hasUnread(Channel client, long readNanos) {
    try {
      return isKnown(client)
          && TimeUnit.MILLISECONDS.toNanos(info.lastDataRecv() + CLOCK_TICK_MILLIS) < readNanos;
    } catch (ChannelException gone) {
      return false;
    }
  }

  private boolean isKnown(Channel client) {
    if (client instanceof EpollSocketChannel epoll) {
      epoll.tcpInfo(info);
      return true;
    }
    return false;
  }
}
