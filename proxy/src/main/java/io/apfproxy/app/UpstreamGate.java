package io.apfproxy.app;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamCheck.Findings;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.upstream.members.ReturnSpread;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the upstream is one that can be used, and lets nobody through before it was found
 * to be. Whether it is there at the moment, pulses tell ({@link UpstreamWatch}). Thread-safe.
 */
final class UpstreamGate implements IdentityResolver {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamGate.class);
  private static final long STARTING_NANOS = Duration.ofSeconds(10).toNanos();

  private final URI server;
  private final Supplier<Findings> examination;
  private final Supplier<Findings> probe;
  private final UpstreamVersion version;
  private final boolean refusePowerful;
  private final IdentityResolver inner;
  private final ReturnSpread spread =
      new ReturnSpread(bound -> ThreadLocalRandom.current().nextInt(bound));
  private final LongSupplier nanos;
  private final long startedAt;
  private volatile boolean passed;
  private volatile boolean reachable;
  private boolean told;
  private boolean refused;
  private long refusedSince;

  /**
   * @param examination finds out all there is to know; may block, as the next
   * @param probe finds out only whether a kube-apiserver answers; used once the other was passed
   * @param version is told what the upstream says
   * @param refusePowerful whether a credential that may do more than impersonate is refused
   * @param nanos monotonic time
   */
  UpstreamGate(
      URI server,
      Supplier<Findings> examination,
      Supplier<Findings> probe,
      UpstreamVersion version,
      boolean refusePowerful,
      IdentityResolver inner,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.startedAt = nanos.getAsLong();
    this.server = server;
    this.examination = examination;
    this.probe = probe;
    this.version = version;
    this.refusePowerful = refusePowerful;
    this.inner = inner;
  }

  /** What the upstream last said its version is; empty before. */
  String version() {
    return version.text();
  }

  /** Whether it was found to be what it should be. */
  boolean hasPassed() {
    return passed;
  }

  /** Whether the upstream passed, and answered when last asked. */
  boolean isReachable() {
    return passed && reachable;
  }

  @Override
  public Future<Identity> resolve(RequestHead head, RequestInfo request) {
    return passed ? inner.resolve(head, request) : Future.failedFuture(notYet());
  }

  private RefusedException notYet() {
    return new RefusedException(
            503, "ServiceUnavailable", "upstream-not-reached", "kube-apiserver is not reachable")
        .retryAfter(spread.seconds(nanos.getAsLong() - startedAt));
  }

  /**
   * Asks the upstream.
   *
   * @throws StartException if it answers, but cannot be used as configured
   */
  synchronized void ask() throws StartException {
    Findings found = passed ? probe.get() : examination.get();
    boolean nobody = mayBeStarting(found) || !found.reachable();
    if (nobody || (passed && found.version().isEmpty())) {
      if (reachable || !told) {
        LOG.warn("not ready, trying again: {}", String.join("; ", found.remarks()));
        told = true;
      }
      reachable = false;
      return;
    }
    version.tell(found.version());
    if (!passed) {
      examine(found);
      found.remarks().forEach(remark -> LOG.warn("{}", remark));
      passed = true;
    }
    if (!reachable) {
      LOG.info("upstream {} answers, {}", server, found.version());
    }
    reachable = true;
  }

  /** It listens before it knows anybody's rights, and refuses what it grants a second later. */
  private boolean mayBeStarting(Findings found) {
    long now = nanos.getAsLong();
    if (found.refused() && !refused) {
      refusedSince = now;
    }
    refused = found.refused();
    return refused && now - refusedSince < STARTING_NANOS;
  }

  private void examine(Findings found) throws StartException {
    if (found.version().isEmpty()) {
      throw new StartException(
          "--kubeconfig: " + String.join("; ", found.remarks()) + "; expected a kube-apiserver");
    }
    if (found.tooPowerful() && refusePowerful) {
      throw new StartException(
          "--kubeconfig: found a credential that may read all secrets, expected one that may only"
              + " impersonate; add --allow-privileged-impersonation to use it nevertheless, or let"
              + " nobody be impersonated: --upstream-identity=pass-through, or with a front-proxy"
              + " certificate pass-through,request-header");
    }
  }
}
