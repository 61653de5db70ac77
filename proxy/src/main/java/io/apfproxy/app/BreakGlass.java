package io.apfproxy.app;

import io.apfproxy.authn.HolderResolver;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.authn.who.CertificateUsers;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.flowcontrol.SingleLevel;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.Clientele;
import io.apfproxy.server.log.BreakGlassLog;
import io.apfproxy.server.walk.Services;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Repetition;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The administrators' own lane: a listener like everybody's, that shares with it neither port,
 * event loop, connections to the upstream nor seats, and asks the upstream nothing before it serves.
 * Source: specification limits.md L-80 to L-84.
 */
final class BreakGlass {
  /*
   * It does not wait for the upstream to be examined either (UpstreamGate): a proxy that is started
   * while the upstream drowns must serve here all the same. If the upstream turns out to be one that
   * cannot be used, the proxy ends with everything it has.
   */
  private static final String NAME = "break-glass";
  private static final Duration CA_PERIOD = Duration.ofSeconds(10);

  /** The rest of the time that the end of the proxy may take. */
  private static final Duration LONGEST_GRACE = Duration.ofSeconds(5);

  private BreakGlass() {}

  /**
   * Listens.
   *
   * @param lane what was asked for
   * @param certificate that the listener presents
   * @throws StartException if the upstream cannot be told who asks, or the address not be bound
   * @throws UpstreamAccessException if the file of authorities is not usable
   */
  static ListenerPart start(
      ProxyOptions options,
      ProxyOptions.BreakGlass lane,
      Transports transports,
      PemKeyPair certificate,
      IdentityPart identity,
      UpstreamAccess access,
      ProxyMetrics metrics,
      Closers closers)
      throws StartException, UpstreamAccessException {
    refuseIfUntellable(options, identity);
    BreakGlassAuthority authority = BreakGlassAuthority.read(lane.clientCa());
    CertificateUsers users =
        new CertificateUsers(
            authority.certificates(), Set.copyOf(lane.groups()), TimeSource.system());
    SingleLevel level = new SingleLevel(NAME, lane.seats(), TimeSource.system());
    AtomicReference<LongSupplier> connections = new AtomicReference<>(() -> 0);
    Reporter counting =
        metrics.bindBreakGlass(
            () -> connections.get().getAsLong(), level::seatsInUse, authority::daysLeft);
    Vertx own = transports.open(1);
    closers.add(NAME + " event loop", () -> Waiting.on(own.close()));
    ListenerPart listener =
        ListenerPart.start(
            own,
            ListenerSettings.of(options, lane, certificate, Clientele.holders(users::check)),
            new Services(
                new RequestHeadReader(() -> headers(identity.trust().get()), proxy -> false)::read,
                new HolderResolver(users, identity.policy(), identity.trust()),
                RateLimits.none(),
                level,
                null,
                access::upstream,
                access.impersonationToken(),
                Outage.never(),
                Reporter.all(metrics.events(), counting, new BreakGlassLog(System::nanoTime))),
            "--break-glass-port");
    closers.add(NAME + " listener", () -> listener.stop(grace(options)));
    closers.add(
        NAME + " authority",
        Repetition.alone(
            NAME + "-ca",
            CA_PERIOD,
            () -> authority.readAgain().ifPresent(users::trust)));
    connections.set(used(listener.bounds(), "connections-total"));
    ListenerPart.show(bounds(listener, level), metrics);
    return listener;
  }

  private static void refuseIfUntellable(ProxyOptions options, IdentityPart identity)
      throws StartException {
    if (!identity.policy().tellsCertificates()) {
      throw new StartException(
          "--break-glass-port: found with --upstream-identity="
              + String.join(",", options.upstream().identity())
              + " and no credential that could tell upstream whose certificate it was, expected"
              + " --proxy-client-cert-file for request-header, or a credential of the proxy for"
              + " impersonation");
    }
  }

  /** Which lines of a head claim an identity; of certificates the lane has its own idea. */
  private static ClientTrust headers(ClientTrust main) {
    return new ClientTrust(
        List.of(),
        List.of(),
        List.of(),
        main.accepted(),
        main.upstream(),
        main.upstreamKnown());
  }

  private static Duration grace(ProxyOptions options) {
    Duration asked = options.shutdown().grace();
    return asked.compareTo(LONGEST_GRACE) < 0 ? asked : LONGEST_GRACE;
  }

  private static LongSupplier used(List<Bound> bounds, String rule) {
    return bounds.stream()
        .filter(bound -> bound.rule().equals(rule))
        .findFirst()
        .map(Bound::used)
        .orElseThrow();
  }

  private static List<Bound> bounds(ListenerPart listener, SingleLevel level) {
    return Stream.concat(
            listener.bounds().stream()
                .filter(bound -> bound.limit() > 0 && bound.limit() < Long.MAX_VALUE / 2)
                .filter(bound -> !bound.rule().startsWith("rate-limit-")), // there are none
            Stream.of(
                new Bound(
                    "waiting", level::waiting, SingleLevel.QUEUE_LENGTH, level::refused)))
        .map(
            bound ->
                new Bound(
                    NAME + "-" + bound.rule(), bound.used(), bound.limit(), bound.overflows()))
        .toList();
  }
}
