package io.apfproxy.server.walk;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.report.Tracer;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.ClientEngines;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/**
 * The station between the gates: who asks. Nobody waits for that longer than for seats, nor
 * uncounted; what could not be sent anyway, as nobody is there upstream, does not wait for it.
 */
final class Identify implements Station {
  private final Vertx vertx;
  private final IdentityResolver identities;
  private final ClientEngines engines;
  private final WaitingGates waiting;
  private final GoAwayChance goAway;
  private final Outage outage;
  private final Tracer tracer;

  Identify(Vertx vertx, Services services, Limits limits, GoAwayChance goAway) {
    this.vertx = vertx;
    this.identities = services.identities();
    this.outage = services.outage();
    this.tracer = services.tracer();
    this.engines = limits.engines();
    this.waiting = limits.gates().waitingForIdentity();
    this.goAway = goAway;
  }

  @Override
  public Wait at(Call call) {
    Future<Identity> answer = identities.resolve(call.head(), call.info());
    if (answer.succeeded()) { // as it is remembered, which is the rule
      found(call, answer.result());
      return Wait.NONE;
    }
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    Promise<Identity> identity = context.promise(); // see UnderWay
    answer.onComplete(identity);
    Asking wait = new Asking(call);
    identity
        .future()
        .onComplete(
            found -> {
              found(call, found);
              wait.goOn();
            },
            failure -> {
              if (failure instanceof RefusedException refusal) {
                wait.refuse(refusal);
              } else {
                call.failed(failure);
              }
            });
    return wait;
  }

  private void found(Call call, Identity identity) {
    if (!call.hasEnded()) {
      if (identity.byCertificate()) {
        call.caller().connection().engine().believed(engines);
      }
      if (isAnonymous(identity.authenticated())) {
        goAway.after(call.caller().request(), call.caller().connection());
      } else {
        call.caller().connection().believed(identity.authenticated().name());
      }
      call.identified(identity);
      call.traced(tracer.begin(call.account(), call.head().survivors()));
    }
  }

  /** Source: kube-apiserver, endpoints/filters/authentication.go. */
  private static boolean isAnonymous(UserInfo user) {
    return user.name().equals(UserInfo.ANONYMOUS.name())
        || user.groups().contains(UserInfo.UNAUTHENTICATED);
  }

  private final class Asking extends Wait {
    private final Call call;

    Asking(Call call) {
      this.call = call;
    }

    @Override
    void begin() throws RefusedException {
      if (LongRunning.bypasses(call.info())) {
        hold(outage.whenClosed(() -> call.loop().run(this::refuseAsAway)));
      }
      waiting.pass(call, this);
      call.limit(this, call.queueWaitLeft());
    }

    private void refuseAsAway() {
      refuse(UpstreamFault.unreachable(null, outage.retryAfterSeconds()));
    }

    @Override
    void cancel() {
      refuse(
          new RefusedException(
                  503,
                  "ServiceUnavailable",
                  "identity-time-out",
                  "who asks could not be found out in time")
              .retryAfter(outage.isClosed() ? outage.retryAfterSeconds() : 1));
    }
  }
}
