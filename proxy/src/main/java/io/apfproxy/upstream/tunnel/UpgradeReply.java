package io.apfproxy.upstream.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Reads the upstream's HTTP/1.1 answer to an upgrade. Not thread-safe. */
final class UpgradeReply {
  /** Told what the bytes say, in order. */
  interface Listener {
    void head(int code, MultiMap headers);

    /** Body of a refusal, or the first bytes of the new protocol after a 101. */
    void bytes(Buffer bytes);

    /** The body of a refusal is complete. */
    void end();

    /** These bytes are no HTTP answer. */
    void malformed();
  }

  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_HEADERS = 256 << 10;
  private static final int MAX_CHUNK = 64 << 10;
  private static final int MOST_INTERIM = 16;

  private final EmbeddedChannel decoder =
      new EmbeddedChannel(new HttpResponseDecoder(MAX_LINE, MAX_HEADERS, MAX_CHUNK));
  private final Listener listener;
  private int interim;
  private boolean inInterim;
  private boolean switched;
  private boolean done;

  UpgradeReply(Listener listener) {
    this.listener = listener;
  }

  void feed(Buffer bytes) {
    if (switched) {
      listener.bytes(bytes);
      return;
    }
    decoder.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes()));
    deliver();
  }

  /** No more bytes will come: where a body ends with the connection, it is complete now. */
  void closed() {
    if (!switched && !done) {
      decoder.finish();
      deliver();
    }
  }

  private void deliver() {
    for (Object part = decoder.readInbound(); part != null; part = decoder.readInbound()) {
      try {
        deliver(part);
      } finally {
        ReferenceCountUtil.release(part);
      }
    }
  }

  private void deliver(Object part) {
    if (done) {
      return;
    }
    if (part instanceof ByteBuf raw) {
      listener.bytes(copy(raw));
      return;
    }
    if (part instanceof HttpResponse head) {
      if (head.decoderResult().isFailure()) {
        done = true;
        listener.malformed();
        return;
      }
      MultiMap headers = MultiMap.caseInsensitiveMultiMap();
      for (Map.Entry<String, String> line : head.headers()) {
        headers.add(line.getKey(), line.getValue());
      }
      int code = head.status().code();
      switched = code == 101;
      inInterim = code < 200 && !switched;
      if (inInterim) {
        if (++interim > MOST_INTERIM) {
          done = true;
          listener.malformed();
        }
        return;
      }
      listener.head(code, headers);
    }
    if (inInterim) {
      return; // its empty body
    }
    if (part instanceof HttpContent content && !switched) {
      if (content.decoderResult().isFailure()) {
        done = true;
        listener.malformed();
        return;
      }
      if (content.content().isReadable()) {
        listener.bytes(copy(content.content()));
      }
      if (content instanceof LastHttpContent) {
        done = true;
        listener.end();
      }
    }
  }

  private static Buffer copy(ByteBuf bytes) {
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), copy);
    return Buffer.buffer(copy);
  }

  /** Gives up what is left of the answer. */
  void release() {
    done = true;
    decoder.finishAndReleaseAll();
  }
}
