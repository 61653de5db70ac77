package io.apfproxy.upstream.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;

/** Whether bytes are on their way to the other end of a socket and nothing comes back. */
final class Unacknowledged implements Liveness.SilentEnd {
  private final Channel channel;
  private final EpollTcpInfo info = new EpollTcpInfo();

  Unacknowledged(Channel channel) {
    this.channel = channel;
  }

  /** Whether the transport lets the kernel be asked. */
  boolean canTell() {
    return channel instanceof EpollSocketChannel;
  }

  /** False where the transport cannot tell. */
  @Override
  public boolean owes(int millis) {
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
      return false;
    }
    try {
      socket.tcpInfo(info);
    } catch (ChannelException closing) {
      return false;
    }
    return info.unacked() > 0 && info.lastAckRecv() >= millis;
  }
}
