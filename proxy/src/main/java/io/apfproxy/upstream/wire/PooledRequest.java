package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.http.impl.HttpClientRequestImpl;
import io.vertx.core.http.impl.HttpClientStream;
import io.vertx.core.net.HostAndPort;

/** A request of HTTP/1.1, or a stream, that gives its place on its connection back, once. */
final class PooledRequest extends HttpClientRequestImpl {
  private final PooledConnection bearer;
  private boolean given;

  PooledRequest(HostAndPort authority, HttpClientStream stream, PooledConnection connection) {
    super(authority, stream.connection(), stream);
    this.bearer = connection;
    stream.closeHandler(closed -> giveBack());
  }

  /** One that was never begun is not told to have ended. */
  @Override
  public Future<Void> reset(long code, Throwable cause) {
    boolean unbegun = streamId() < 0;
    Future<Void> reset = super.reset(code, cause);
    if (unbegun) {
      giveBack();
    }
    return reset;
  }

  private void giveBack() {
    if (!given) {
      given = true;
      bearer.giveBack();
    }
  }
}
