package io.apfproxy.server.walk;

import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Vertx;

/** Last station: the upstream, until it no longer works on the request. */
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
            UpstreamIdentity.lines(call.identity(), collaborators.impersonationToken()),
            UpstreamIdentity.credential(call.identity().mode()),
            call.caller().peer().address(),
            asked.head().client().authority(),
            call.account().auditId(),
            asked.upgrade(),
            asked.head().expectContinue(),
            asked.isLongRunning(),
            asked.info().subresource().equals("proxy"));
    InExchange wait = new InExchange(call, vertx, collaborators);
    wait.start(forwarder, outgoing);
    return wait;
  }
}
