package io.apfproxy.app;

import io.apfproxy.app.warm.CannedUpstream;
import io.apfproxy.app.warm.Course;
import io.apfproxy.app.warm.Drill;
import io.apfproxy.authn.StandardIdentityResolver;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.ChainWorkers;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.ServerConfig.TlsEngine;
import io.apfproxy.server.walk.Services;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.tls.ThrowAwayAuthority;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Clients of all kinds, which ask a second proxy before an upstream that has all answers ready.
 * Belongs to the thread that plays it.
 */
final class SecondProxy implements WarmUp.Rehearsal {
  /*
   * A second proxy, and not the first one with marked requests: it shares with the first nothing but
   * code, so nothing of the warm-up can be left in a metric, a cache, a learned size, a limit, a dump
   * or the log, nor reach the upstream, whatever is added later. What is compiled belongs to both.
   * It is made by the builders of the first one; only its certificates, who asks, and its seats, few
   * of them, so that requests wait, are others. There are two listeners, as there are two engines of
   * TLS: the JDK's meets the clients that come first after a start.
   */
  private static final String ADDRESS = "127.0.0.1";
  private static final String NAME = "apf-proxy-warm-up";
  private static final Duration REVIEW = Duration.ofMillis(1);
  private static final Duration END = Duration.ofSeconds(2);
  private static final int READING_SEATS = 20;
  private static final int WRITING_SEATS = 10;

  private final ProxyOptions options;
  private final Transports transports;
  private final Instant now;

  /**
   * @param options of the first one
   * @param now the wall clock's time
   */
  SecondProxy(ProxyOptions options, Transports transports, Instant now) {
    this.options = options;
    this.transports = transports;
    this.now = now;
  }

  @Override
  public long play(CountDownLatch asked) throws StartException, IOException, InterruptedException {
    try (Closers closers = new Closers()) {
      return play(asked, closers);
    }
  }

  private long play(CountDownLatch asked, Closers closers)
      throws StartException, IOException, InterruptedException {
    ThrowAwayAuthority authority = new ThrowAwayAuthority(NAME, now);
    PemKeyPair certificate = authority.forServer(NAME, List.of(ADDRESS));
    Vertx outside = open(closers);
    CannedUpstream upstream = Waiting.on(CannedUpstream.listen(outside, certificate));
    Services services = services(authority, upstream.port(), closers);
    Vertx inside = open(closers);
    Drill drill = new Drill(outside, authority.pem(), authority.forClient(NAME, NAME));
    for (TlsEngine engine : List.of(TlsEngine.BORINGSSL, TlsEngine.JDK)) {
      ListenerPart listener =
          ListenerPart.start(
              inside, ListenerSettings.warmUp(options, certificate, engine), services, "--warm-up");
      closers.add("warm-up listener", () -> listener.stop(Duration.ofMillis(1)));
      drill.begin(listener.port(), engine == TlsEngine.JDK ? 2 : 3);
    }
    closers.add("warm-up clients", () -> Waiting.on(drill.end(), END));
    Course course = new Course(options.warmUp(), System.nanoTime(), compiledMillis());
    while (!asked.await(Course.STEP.toMillis(), TimeUnit.MILLISECONDS)
        && !course.isOver(System.nanoTime(), compiledMillis(), drill.answered())) {
      // the clients ask
    }
    return drill.answered();
  }

  private Vertx open(Closers closers) {
    Vertx vertx = transports.open(1);
    closers.add("warm-up event loop", () -> Waiting.on(vertx.close(), END));
    return vertx;
  }

  private Services services(ThrowAwayAuthority authority, int upstreamPort, Closers closers)
      throws IOException {
    ProxyMetrics metrics = closers.add("warm-up metrics", new ProxyMetrics());
    Timers timers = closers.add("warm-up timers", new Timers("warm-up-timers"));
    ChainWorkers chains = closers.add("warm-up certificate checks", new ChainWorkers());
    FlowControlPart flowControl =
        FlowControlPart.create(
            options.flowControl().withSeats(READING_SEATS, WRITING_SEATS),
            false,
            ListenerSettings.unlimited(options.limits()),
            timers,
            metrics);
    TalkersPart talkers = TalkersPart.open(options.admin(), metrics, closers);
    ClientTrust trust =
        new ClientTrust(
            List.of(authority.certificate()),
            List.of(),
            List.of(),
            FrontProxyHeaders.STANDARD,
            FrontProxyHeaders.STANDARD,
            true);
    UpstreamConfig upstream =
        new UpstreamConfig(
            URI.create("https://" + ADDRESS + ":" + upstreamPort),
            authority.pem(),
            false,
            null,
            null,
            null);
    return new Services(
        new RequestHeadReader(() -> trust, ListenerSettings.trustedProxies(options))::read,
        identities(trust, chains),
        flowControl.rateLimits(),
        flowControl.control(),
        flowControl.learning(),
        () -> upstream,
        () -> NAME,
        Outage.never(),
        Reporter.all(metrics.events(), talkers.reporter()),
        TracingPart.rehearsal(options, closers),
        talkers.heaviest(),
        new NOPLoggerFactory());
  }

  /** Knows the tokens of the warm-up, and lets everybody impersonate. */
  private static StandardIdentityResolver identities(ClientTrust trust, ChainWorkers chains) {
    UserInfo user = UserInfo.of("system:serviceaccount:warm:up", "system:serviceaccounts");
    return new StandardIdentityResolver(
        () -> trust,
        UpstreamIdentityPolicy.parse(List.of("auto"), false, true),
        new StandardIdentityResolver.Means(
            token -> later(token.startsWith(Drill.KNOWN) ? Optional.of(user) : Optional.empty()),
            question -> later(true),
            chains),
        () -> true,
        true,
        address -> true,
        TimeSource.system());
  }

  /** As an upstream's answer comes: on another thread. */
  private static <T> CompletableFuture<T> later(T answer) {
    return CompletableFuture.supplyAsync(
        () -> answer, CompletableFuture.delayedExecutor(REVIEW.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** What the compilers have taken so far; 0 where the runtime does not tell. */
  private static long compiledMillis() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    return compiler != null && compiler.isCompilationTimeMonitoringSupported()
        ? compiler.getTotalCompilationTime()
        : 0;
  }
}
