package io.apfproxy.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends connections of those who do not read. */
final class Cut {
  private Cut() {}

  /**
   * Without what is still to be sent: the library's own close, and that of its handlers, waits
   * until it was taken.
   */
  static void off(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      connection.close();
      return;
    }
    Channel channel = base.channel();
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (channel.isOpen() && first != null) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var unused = first.close();
    }
  }
}
