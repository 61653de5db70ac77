package io.apfproxy.upstream.tunnel;

import io.apfproxy.upstream.exchange.ExchangeListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Joins the socket of a client with one to the upstream that has switched protocols. */
final class Joint {
  private static final long IDLE_MILLIS = 4 * 60 * 60 * 1000L;

  private final Vertx vertx;
  private final NetSocket upstream;
  private final Buffer head;
  private @Nullable Buffer early;

  /**
   * @param head what the client is answered
   */
  Joint(Vertx vertx, NetSocket upstream, Buffer head) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.head = head;
  }

  /** The client's socket, once it is free of its codec, on the context of the request. */
  Future<NetSocket> take(HttpServerRequest client) {
    upstream.pause();
    Promise<NetSocket> taken = ((ContextInternal) vertx.getOrCreateContext()).promise();
    RawSocket.of(client).onComplete(taken);
    return taken.future();
  }

  /** Bytes of the new protocol that came with the upstream's answer. */
  void early(Buffer bytes) {
    early = early == null ? bytes : early.appendBuffer(bytes);
  }

  /**
   * Answers the client.
   *
   * @param moved as {@link ExchangeListener#moved}
   * @param ended called once, when both sockets are closed
   * @return to be started
   */
  RawPump join(NetSocket client, LongSupplier moved, Runnable ended) {
    client.pause();
    RawPump pump = new RawPump(vertx, client, upstream, IDLE_MILLIS, moved, ended);
    client.write(head);
    if (early != null) {
      pump.passToLeft(early);
    }
    return pump;
  }
}
