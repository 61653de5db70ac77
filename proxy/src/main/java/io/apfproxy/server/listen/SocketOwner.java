package io.apfproxy.server.listen;

import io.netty.channel.Channel;

/**
 * Whose time it is in which a client's socket is read: a stranger's address, until somebody was
 * believed; then a user's at that address, so that who sends thousands of connections from there is
 * not before who has one.
 *
 * @param from its {@link io.apfproxy.request.ClientAddress}; the connection itself if the limits of
 *     one address do not hold for it
 * @param user whom it was found to be; empty if nobody yet
 */
record SocketOwner(Object from, String user) {
  /** Of a connection that nothing is known of but its address. */
  static SocketOwner of(Channel channel) {
    OpenConnection counted = AcceptGuard.counted(channel);
    return new SocketOwner(counted == null || !counted.shares() ? channel : counted.address(), "");
  }

  SocketOwner believed(String name) {
    return new SocketOwner(from, name);
  }
}
