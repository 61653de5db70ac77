package io.apfproxy.upstream;

import io.apfproxy.report.Reporter;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.exchange.HttpExchange;
import io.apfproxy.upstream.exchange.UnreadBytes;
import io.apfproxy.upstream.tunnel.UpgradeTunnel;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** Sends requests on and their responses back. Belongs to one event loop. */
public final class Forwarder {
  private final Vertx vertx;
  private final Upstream upstream;
  private final Reporter events;
  private final UnreadBytes unread;

  /**
   * @param unread counts for all event loops
   */
  public Forwarder(Vertx vertx, Upstream upstream, Reporter events, UnreadBytes unread) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.events = events;
    this.unread = unread;
  }

  /**
   * Sends one request on. Call on the request's event loop, with the request paused.
   *
   * @param client its handlers for body and end are taken over; who calls watches for the client's
   *     leaving and tells {@link Exchange#cancel}
   */
  public Exchange forward(HttpServerRequest client, Outgoing request, ExchangeListener listener) {
    if (request.upgrade().isEmpty()) {
      HttpExchange exchange =
          new HttpExchange(vertx, upstream, events, client, request, listener, unread);
      exchange.start();
      return exchange;
    }
    UpgradeTunnel tunnel = new UpgradeTunnel(vertx, upstream, events, client, request, listener);
    tunnel.start();
    return tunnel;
  }
}
