package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Vertx;

/** Last station: a member of the upstream, until it no longer works on the request. */
final class Forward implements Station {
  private final Vertx vertx;
  private final Forwarder forwarder;
  private final Collaborators collaborators;

  Forward(Vertx vertx, Forwarder forwarder, Collaborators collaborators) {
    this.vertx = vertx;
    this.forwarder = forwarder;
    this.collaborators = collaborators;
  }

  @Override
  public Wait at(Call call) {
    Understood asked = call.asked();
    Outgoing outgoing =
        new Outgoing(
            asked.head().client().method(),
            asked.target().forwarded(),
            asked.head().survivors(),
            UpstreamIdentity.sender(call.identity(), collaborators.impersonationToken()),
            call.caller().peer().address(),
            asked.head().client().authority(),
            call.caller().auditId(),
            asked.upgrade(),
            asked.head().expectContinue(),
            asked.isLongRunning(),
            asked.info().subresource().equals("proxy"));
    SeatLease seats = call.seats();
    Chosen<Member> chosen = forwarder.choose(seats == null ? 0 : seats.seats());
    call.hold(chosen::close);
    InExchange wait = new InExchange(call, vertx, collaborators);
    wait.start(forwarder, outgoing, chosen);
    return wait;
  }
}
