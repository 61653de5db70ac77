package io.apfproxy.server.walk;

import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Vertx;

/** Last station: a member of the upstream, until it no longer works on the request. */
final class Forward implements Station {
  private final Vertx vertx;
  private final Forwarder forwarder;
  private final Services services;
  private final DrainingResponses draining;

  Forward(Vertx vertx, Forwarder forwarder, Services services, DrainingResponses draining) {
    this.vertx = vertx;
    this.forwarder = forwarder;
    this.services = services;
    this.draining = draining;
  }

  @Override
  public Wait at(Call call) {
    Understood asked = call.asked();
    RequestHead head = call.head();
    Outgoing outgoing =
        new Outgoing(
            head.client().method(),
            asked.target().forwarded(),
            head.survivors(),
            UpstreamIdentity.sender(call.identity(), services.impersonationToken()),
            call.caller().connection().address(),
            head.client().authority(),
            call.account().auditId(),
            asked.upgrade(),
            head.expectContinue(),
            kind(asked),
            asked.info().subresource().equals("proxy"),
            call.trace().sent(System.nanoTime()));
    SeatLease seats = call.account().seats();
    Chosen<Member> chosen = forwarder.choose(seats == null ? 0 : seats.seats());
    call.hold(chosen::close);
    InExchange wait = new InExchange(call, vertx, services, draining);
    wait.start(forwarder, outgoing, chosen);
    return wait;
  }

  private static LaneKind kind(Understood asked) {
    if (asked.isLongRunning()) {
      return LaneKind.LASTING;
    }
    boolean large = !asked.info().resourceRequest() || asked.info().verb().equals("list");
    return large ? LaneKind.LARGE : LaneKind.SMALL;
  }
}
