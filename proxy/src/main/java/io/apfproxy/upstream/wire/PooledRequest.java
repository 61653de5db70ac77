package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.impl.HttpClientRequestImpl;
import io.vertx.core.http.impl.HttpClientStream;
import io.vertx.core.net.HostAndPort;

/** A request of HTTP/1.1, or a stream, that gives its place on its connection back, once. */
final class PooledRequest extends HttpClientRequestImpl {
  /*
   * A stream of HTTP/2 begins, and gets its number, when its head is written: at once, on this event
   * loop. One that was reset before that, or for which the connection has no room any more by then,
   * is not told to have ended.
   */
  private final PooledConnection bearer;
  private boolean given;

  PooledRequest(HostAndPort authority, HttpClientStream stream, PooledConnection connection) {
    super(authority, stream.connection(), stream);
    this.bearer = connection;
    stream.closeHandler(closed -> giveBack());
  }

  /**
   * One that has ended on its connection has nothing left to reset, whoever still reads: Vert.x
   * would close one of HTTP/1.1 though it is somebody else's by then.
   */
  @Override
  public Future<Void> reset(long code, Throwable cause) {
    if (given) {
      return context.failedFuture("ended already");
    }
    boolean unbegun = isUnbegun();
    Future<Void> reset = super.reset(code, cause);
    if (unbegun) {
      giveBack();
    }
    return reset;
  }

  @Override
  public Future<Void> sendHead() {
    return begun(super.sendHead());
  }

  @Override
  public Future<Void> write(Buffer chunk) {
    return begun(super.write(chunk));
  }

  @Override
  public Future<Void> end(Buffer chunk) {
    return begun(super.end(chunk));
  }

  @Override
  public Future<Void> end() {
    return begun(super.end());
  }

  private Future<Void> begun(Future<Void> written) {
    if (isUnbegun()) {
      giveBack();
    }
    return written;
  }

  private boolean isUnbegun() {
    return streamId() < 0;
  }

  private void giveBack() {
    if (!given) {
      given = true;
      bearer.giveBack();
    }
  }
}
