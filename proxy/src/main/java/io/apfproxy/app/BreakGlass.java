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
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Tracer;
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
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The administrators' own lane: a listener like everybody's that shares with it neither port, event
 * loop, connections to the upstream nor seats, and asks the upstream nothing to know who comes.
 * Source: specification limits.md L-80 to L-84.
 */
final class BreakGlass {
  /*
   * It serves while the upstream drowns, so nothing of it waits for that: not who asks, not whether
   * it is there. But S09 holds here too: nobody is impersonated before the proxy's own credential was
   * found harmless (HolderResolver); with a front-proxy certificate there is nothing to wait for but
   * the names of its headers.
   */
  private static final String NAME = "break-glass";
  private static final String PORT_FLAG = "--break-glass-port";
  private static final Duration CA_PERIOD = Duration.ofSeconds(10);

  /** The rest of the time that the end of the proxy may take. */
  private static final Duration LONGEST_GRACE = Duration.ofSeconds(5);

  private BreakGlass() {}

  /**
   * Listens, if that is asked for.
   *
   * @param certificate that the listener presents
   * @param refusals told what is refused, as what everybody's listener refuses
   * @return the listener; empty if none is asked for
   * @throws StartException if the upstream cannot be told who asks, the file of authorities is not
   *     usable, or the address cannot be bound
   */
  static List<ListenerPart> start(
      ProxyOptions options,
      Transports transports,
      PemKeyPair certificate,
      IdentityPart identity,
      UpstreamAccess access,
      Reporter refusals,
      ProxyMetrics metrics,
      Closers closers)
      throws StartException {
    ProxyOptions.BreakGlass lane = options.breakGlass();
    if (lane == null) {
      return List.of();
    }
    refuseIfUntellable(options, identity);
    BreakGlassAuthority authority = authority(lane);
    CertificateUsers users =
        new CertificateUsers(
            authority.certificates(), Set.copyOf(lane.groups()), TimeSource.system());
    SingleLevel level = new SingleLevel(NAME, lane.seats(), TimeSource.system());
    Vertx own = transports.open(1);
    closers.add(NAME + " event loop", () -> Waiting.on(own.close()));
    ListenerPart listener =
        ListenerPart.start(
            own,
            ListenerSettings.of(options, lane, certificate, Clientele.holders(users::check)),
            new Services(
                new RequestHeadReader(() -> headers(identity.trust().get()), proxy -> false)::read,
                new HolderResolver(
                    users, identity.policy(), identity.trust(), identity.gate()::hasPassed),
                RateLimits.none(),
                level,
                null,
                access::upstream,
                access.impersonationToken(),
                Outage.never(),
                Reporter.all(
                    metrics.events(), metrics.breakGlassRequests(), new BreakGlassLog(), refusals),
                Tracer.NONE,
                HeaviestFlow.NONE,
                LoggerFactory.getILoggerFactory()),
            PORT_FLAG);
    closers.add(NAME + " listener", () -> listener.stop(grace(options)));
    closers.add(
        NAME + " authority",
        Repetition.alone(
            NAME + "-ca", CA_PERIOD, () -> authority.readAgain().ifPresent(users::trust)));
    metrics.bindBreakGlass(
        used(listener.bounds(), "connections-total"), level::seatsInUse, authority::daysLeft);
    ListenerPart.show(bounds(listener, level), metrics);
    return List.of(listener);
  }

  private static void refuseIfUntellable(ProxyOptions options, IdentityPart identity)
      throws StartException {
    if (!identity.policy().tellsCertificates()) {
      throw new StartException(
          PORT_FLAG
              + ": found with --upstream-identity="
              + String.join(",", options.upstream().identity())
              + ", by which upstream cannot be told whose a client certificate is, expected"
              + " request-header with --proxy-client-cert-file, or impersonation with a credential"
              + " of the proxy");
    }
  }

  private static BreakGlassAuthority authority(ProxyOptions.BreakGlass lane) throws StartException {
    try {
      return BreakGlassAuthority.read(lane.clientCa(), TimeSource.system());
    } catch (UpstreamAccessException e) {
      throw new StartException(e.getMessage() + "; expected a file of certificates in PEM", e);
    }
  }

  /** Which lines of a head claim an identity; of certificates the lane has its own idea. */
  private static ClientTrust headers(ClientTrust main) {
    return new ClientTrust(
        List.of(), List.of(), List.of(), main.accepted(), main.upstream(), main.upstreamKnown());
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
                .filter(bound -> bound.limit() > 0 && bound.limit() < Integer.MAX_VALUE)
                .filter(bound -> !bound.rule().startsWith("rate-limit-")), // there are none
            Stream.of(
                new Bound("waiting", level::waiting, SingleLevel.QUEUE_LENGTH, level::refused)))
        .map(bound -> bound.of(NAME))
        .toList();
  }
}
