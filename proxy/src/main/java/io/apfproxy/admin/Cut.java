package io.apfproxy.admin;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** Ends connections of those who do not read. */
final class Cut {
  private Cut() {}

  /** The library's own close waits until everything was taken that was written. */
  static void off(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().close();
    } else {
      connection.close();
    }
  }
}
