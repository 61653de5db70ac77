package io.apfproxy.server.walk;

import io.apfproxy.server.listen.ClientConnection;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.DoubleSupplier;

/**
 * Sends some HTTP/2 clients to a new connection, so that they spread over the proxies behind a load
 * balancer. Belongs to one event loop. Source: kube-apiserver's {@code --goaway-chance}.
 */
public final class GoAwayChance {
  private final Vertx vertx;
  private final double chance;
  private final DoubleSupplier random;

  /**
   * @param random gives numbers from 0 to less than 1
   */
  public GoAwayChance(Vertx vertx, double chance, DoubleSupplier random) {
    this.vertx = vertx;
    this.chance = chance;
    this.random = random;
  }

  /** Decides for one request; the client is told right after the head of its response. */
  void roll(HttpServerRequest client, ClientConnection connection) {
    if (hits()) {
      after(client, connection);
    }
  }

  /** Sends an HTTP/2 client to a new connection right after the head of this response. */
  void after(HttpServerRequest client, ClientConnection connection) {
    if (client.version() == HttpVersion.HTTP_2) {
      client
          .response()
          .headersEndHandler(head -> vertx.runOnContext(written -> connection.sendAway()));
    }
  }

  public boolean hits() {
    return chance > 0 && random.getAsDouble() < chance;
  }
}
