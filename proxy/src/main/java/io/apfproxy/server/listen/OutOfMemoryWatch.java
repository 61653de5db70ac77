package io.apfproxy.server.listen;

import io.apfproxy.process.OutOfMemory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sees first what a connection's reading fails with; Netty itself would close it and go on. */
@Sharable
final class OutOfMemoryWatch extends ChannelInboundHandlerAdapter {
  static final OutOfMemoryWatch INSTANCE = new OutOfMemoryWatch();

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    OutOfMemory.endIf(cause);
    context.fireExceptionCaught(cause);
  }
}
