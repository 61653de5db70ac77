package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.http.impl.HttpClientStream;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;

/** One connection of a {@link StreamPool}, and what it bears. Belongs to the pool's event loop. */
final class PooledConnection {
  /*
   * HTTP/2 numbers streams by 31 bits, of which a client has half: one that is used for days has none
   * left, and then fails whoever asks.
   */
  private static final int MOST_IN_ITS_LIFE = 1 << 29;

  private final StreamPool pool;
  private final HttpClientConnection connection;
  private final SocketAddress at;
  private final boolean http2;
  private long most;
  private long streams;
  private int given;
  private boolean retired;
  private boolean offered;
  private long idleSince;

  /**
   * @param at what it was connected to
   * @param retired whether it takes no more than the request it was made for
   */
  PooledConnection(
      StreamPool pool, HttpClientConnection connection, SocketAddress at, boolean retired) {
    this.pool = pool;
    this.connection = connection;
    this.at = at;
    this.http2 = connection.protocolVersion() == HttpVersion.HTTP_2;
    this.most = connection.concurrency();
    this.retired = retired;
    this.idleSince = pool.now();
  }

  /** Whether the next request may go over it: its place is to be taken, then. */
  boolean takes(SocketAddress address) {
    return at.equals(address) && isOpen() && (http2 || connection.isValid());
  }

  /** Once it is told to go away: HTTP/1.1 has no other way to say so. */
  boolean isClosed() {
    return !http2 || !isOpen();
  }

  private boolean isOpen() {
    return connection.channelHandlerContext().channel().isActive();
  }

  /** Whether it is among those of its pool that have room. */
  boolean isOffered() {
    return offered;
  }

  void offer(boolean is) {
    offered = is;
  }

  boolean hasRoom() {
    return !retired && streams < most;
  }

  /** So many requests at a time from now on. */
  void bears(long requests) {
    most = requests;
    pool.changed(this);
  }

  /** Takes no more: a connection of HTTP/2 goes on with what it has. */
  void retire() {
    retired = true;
    pool.changed(this);
  }

  /** A place on it is somebody's. */
  void take() {
    streams++;
    if (++given == MOST_IN_ITS_LIFE) {
      retired = true;
    }
    pool.changed(this);
  }

  void giveBack() {
    if (--streams == 0) {
      idleSince = pool.now();
    }
    pool.changed(this);
  }

  /** Whether nobody uses it, nor is to any more, or can. */
  boolean isLeft(long idleNanos) {
    if (!isOpen()) {
      return true;
    }
    if (streams > 0) {
      return false;
    }
    // an upstream of HTTP/1.1 may say how long it keeps one
    return retired || (http2 ? pool.now() - idleSince > idleNanos : !connection.isValid());
  }

  /** A stream, or all of it, for whoever has taken a place. */
  Future<HttpClientRequest> open(ContextInternal own, RequestLine line) {
    Future<HttpClientStream> stream = connection.createStream(own);
    if (stream.succeeded()) {
      return own.succeededFuture(request(stream.result(), line));
    }
    return stream.map(made -> request(made, line)).onFailure(none -> giveBack());
  }

  private HttpClientRequest request(HttpClientStream stream, RequestLine line) {
    return new PooledRequest(line.authority(), stream, this)
        .setMethod(line.method())
        .setURI(line.target());
  }

  Future<Void> close() {
    return connection.close();
  }
}
