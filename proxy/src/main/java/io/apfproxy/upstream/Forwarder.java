package io.apfproxy.upstream;

import io.apfproxy.report.Reporter;
import io.apfproxy.upstream.exchange.Backlogs;
import io.apfproxy.upstream.exchange.BodyBeginning;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.exchange.HttpExchange;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.tunnel.UpgradeTunnel;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Sends requests on and their responses back. Belongs to one event loop. */
public final class Forwarder {
  private final Vertx vertx;
  private final Members<Member> members;
  private final Reporter events;
  private final Backlogs backlogs;

  /**
   * @param backlogs of all event loops
   */
  public Forwarder(Vertx vertx, Members<Member> members, Reporter events, Backlogs backlogs) {
    this.vertx = vertx;
    this.members = members;
    this.events = events;
    this.backlogs = backlogs;
  }

  /**
   * Chooses where a request goes.
   *
   * @param seats that it occupies, 0 if it needs none
   * @return to be closed when the request has ended
   */
  public Chosen<Member> choose(int seats) {
    return members.choose(seats);
  }

  /**
   * Sends one request on. Call on the request's event loop, with the request paused.
   *
   * @param client its handlers for body and end are taken over; who calls watches for the client's
   *     leaving and tells {@link Exchange#cancel}
   * @param beginning of its body that was read already; null for none
   */
  public Exchange forward(
      HttpServerRequest client,
      Outgoing request,
      @Nullable BodyBeginning beginning,
      Chosen<Member> chosen,
      ExchangeListener listener) {
    Exchange exchange =
        request.upgrade().isEmpty()
            ? new HttpExchange(
                vertx, chosen, events, client, request, beginning, listener, backlogs)
            : new UpgradeTunnel(vertx, chosen, events, client, request, listener);
    exchange.start();
    return exchange;
  }
}
