package io.apfproxy.server.walk;

import io.apfproxy.server.listen.ClientConnection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Responses that the upstream has sent and that their clients still take: their requests have ended
 * and hold nothing, but their connections are in use. Belongs to one event loop.
 */
final class DrainingResponses {
  private final Vertx vertx;
  private int open;
  private @Nullable Promise<Void> none;

  DrainingResponses(Vertx vertx) {
    this.vertx = vertx;
  }

  /** One more on this connection. */
  void begun(ClientConnection connection) {
    open++;
    connection.opened();
  }

  /** One of them has gone. */
  void ended(ClientConnection connection, long now) {
    connection.closed(now);
    open--;
    Promise<Void> last = none;
    if (open == 0 && last != null) {
      last.tryComplete();
    }
  }

  /** Completes when there is none, or that time is over. */
  Future<Void> noneWithin(long millis) {
    if (open == 0 || millis <= 0) {
      return Future.succeededFuture();
    }
    Promise<Void> last = Promise.promise();
    none = last;
    vertx.setTimer(millis, late -> last.tryComplete());
    return last.future();
  }
}
