package io.apfproxy.upstream.tunnel;

import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads a request to upgrade to its end, and refuses it if there is anything in its body. */
final class EmptyBody {
  /** How long the end of a body that has nothing in it may take. */
  private static final long MILLIS = 30_000;

  private final Vertx vertx;
  private final HttpServerRequest client;
  private final Consumer<RefusedException> refused;
  private long timer = -1;

  /**
   * @param refused told why it cannot be upgraded, perhaps more than once
   */
  EmptyBody(Vertx vertx, HttpServerRequest client, Consumer<RefusedException> refused) {
    this.vertx = vertx;
    this.client = client;
    this.refused = refused;
  }

  /**
   * @param read called at its end
   */
  void read(Runnable read) {
    timer = vertx.setTimer(MILLIS, late -> refused.accept(UpstreamFault.slowBody()));
    client.handler(bytes -> refuse());
    client.endHandler(
        end -> {
          stop();
          read.run();
        });
    client.resume();
  }

  void refuse() {
    refused.accept(RefusedException.badRequest("upgrade-body", "a request to upgrade has no body"));
  }

  /** Its time is not measured any more. */
  void stop() {
    vertx.cancelTimer(timer);
  }
}
