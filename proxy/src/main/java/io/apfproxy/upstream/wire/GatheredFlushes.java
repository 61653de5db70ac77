package io.apfproxy.upstream.wire;

import io.apfproxy.time.TimeSource;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Lets what the streams of a busy HTTP/2 connection write in one turn of its event loop leave
 * together: in one TLS record and one call of the kernel, and not in one each. Belongs to that
 * event loop.
 */
public final class GatheredFlushes extends ChannelOutboundHandlerAdapter {
  /*
   * Vert.x flushes after each frame unless it reads from that very connection at the moment. But a
   * request is written to one connection while another one is read, and so is its response.
   *
   * Where requests come one by one there is nothing to gather, and who waits for them would wait for
   * all that is still done in that turn besides. So a connection that was not flushed lately is
   * flushed at once. Netty's own FlushConsolidationHandler knows no such difference.
   *
   * The codec flushes after each read, too; where nothing was written, that would have TLS make and
   * drop an empty record.
   */
  private static final long LATELY_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final TimeSource time;
  private boolean written; // since the last flush
  private boolean due;
  private long last;

  GatheredFlushes(TimeSource time) {
    this.time = time;
    this.last = time.nanoTime() - LATELY_NANOS;
  }

  /** Gathers those of a connection; HTTP/1.1 has one message at a time. On its event loop. */
  public static void on(HttpConnection connection) {
    Http2ConnectionHandler http2 = NettyHttp2.handler(connection);
    if (http2 == null) {
      return;
    }
    ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
    pipeline.addBefore(
        pipeline.context(http2).name(), null, new GatheredFlushes(TimeSource.system()));
    if (pipeline.get(ChunkedWriteHandler.class) != null) {
      pipeline.remove(ChunkedWriteHandler.class); // for files, which nobody sends: one step less
    }
  }

  /** Something may have been written before. */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    written = true;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    written = true;
    var unused = context.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    if (!written || due) {
      return;
    }
    long now = time.nanoTime();
    if (now - last >= LATELY_NANOS) {
      flush(context, now);
    } else {
      due = true;
      context.executor().execute(() -> flushIfWritten(context));
    }
  }

  private void flushIfWritten(ChannelHandlerContext context) {
    due = false;
    if (written) {
      flush(context, time.nanoTime());
    }
  }

  private void flush(ChannelHandlerContext context, long now) {
    written = false;
    last = now;
    context.flush();
  }

  @Override
  public void disconnect(ChannelHandlerContext context, ChannelPromise promise) {
    flushIfWritten(context);
    var unused = context.disconnect(promise);
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    flushIfWritten(context);
    var unused = context.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    flushIfWritten(context);
  }
}
