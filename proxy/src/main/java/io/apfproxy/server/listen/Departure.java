package io.apfproxy.server.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Whether a client has left that nobody reads from yet. Without reading only the kernel knows, and
 * only the epoll transport lets it be asked.
 */
final class Departure {
  /** Numbers of Linux: its end was closed, or the connection was reset. */
  private static final int CLOSE_WAIT = 8;

  private static final int CLOSE = 7;

  private Departure() {}

  /** False too where the transport cannot tell. */
  static boolean known(Channel client) {
    try {
      int state = client instanceof EpollSocketChannel epoll ? epoll.tcpInfo().state() : 0;
      return state == CLOSE_WAIT || state == CLOSE;
    } catch (ChannelException gone) {
      return true;
    }
  }
}
