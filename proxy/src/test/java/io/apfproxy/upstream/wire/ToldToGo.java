package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.buffer.BufferInternal;

/** What a test's client is told when it is sent to another connection. */
public final class ToldToGo {
  private ToldToGo() {}

  /** The error code of the GOAWAY that comes on the connection; call before it can. */
  public static Future<Long> on(HttpConnection connection) {
    Promise<Long> code = Promise.promise();
    connection.goAwayHandler(
        frame -> {
          // Vert.x copies the frame's text for this handler into a pooled buffer, and frees it
          // never
          ((BufferInternal) frame.getDebugData()).unwrap().release();
          code.tryComplete(frame.getErrorCode());
        });
    return code.future();
  }
}
