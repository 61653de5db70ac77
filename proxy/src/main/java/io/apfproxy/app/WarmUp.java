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
import io.apfproxy.process.OutOfMemory;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Lets the JVM compile the way of a request before clients come: for some seconds, on a thread of
 * its own, clients of all kinds ask a second proxy before an upstream that has all answers ready.
 * Thread-safe.
 */
final class WarmUp implements AutoCloseable {
  /*
   * A second proxy, and not the first one with marked requests: it shares with the first nothing but
   * code, so nothing of the warm-up can be left in a metric, a cache, a learned size, a limit, a dump
   * or the log, nor reach the upstream, whatever is added later. What is compiled belongs to both.
   * It is made by the builders of the first one; only its certificates, who asks, and its seats, few
   * of them, so that requests wait, are others. There are two listeners, as there are two engines of
   * TLS: the JDK's meets the clients that come first after a start.
   */
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String ADDRESS = "127.0.0.1";
  private static final String NAME = "apf-proxy-warm-up";
  private static final String NOT_WARM = "not warmed up, the first requests will be slow";
  private static final Duration REVIEW = Duration.ofMillis(1);
  private static final Duration END = Duration.ofSeconds(2);
  private static final int READING_SEATS = 20;
  private static final int WRITING_SEATS = 10;

  private final ProxyOptions options;
  private final Transports transports;
  private final Instant now;
  private final long beganAt = System.nanoTime();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  private WarmUp(ProxyOptions options, Transports transports, Instant now) {
    this.options = options;
    this.transports = transports;
    this.now = now;
  }

  /**
   * Begins, if that is asked for, and returns at once.
   *
   * @param now the wall clock's time
   */
  static WarmUp begin(ProxyOptions options, Transports transports, Instant now) {
    WarmUp warmUp = new WarmUp(options, transports, now);
    if (options.warmUp().isZero()) {
      warmUp.over.countDown();
    } else {
      Thread thread = new Thread(warmUp::run, "warm-up");
      thread.setDaemon(true);
      thread.start();
    }
    return warmUp;
  }

  /**
   * Whether clients need not wait for it any more: it has done what it could, or failed, or has
   * taken twice its time, with all that it needs to begin and to end.
   */
  boolean isOver() {
    return over.getCount() == 0 || System.nanoTime() - beganAt >= 2 * options.warmUp().toNanos();
  }

  @SuppressWarnings("try") // an interrupt ends it as anything else does
  private void run() {
    try (Closers closers = new Closers()) {
      long answered = drill(closers);
      LOG.info(
          "warmed up in {} ms by {} requests to itself",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganAt),
          answered);
    } catch (StartException | IOException | InterruptedException | RuntimeException e) {
      LOG.warn("{}: {}", NOT_WARM, e.toString());
    } catch (Error e) {
      OutOfMemory.endIf(e);
      LOG.warn("{}: {}", NOT_WARM, e.toString());
    } finally {
      over.countDown();
    }
  }

  private long drill(Closers closers) throws StartException, IOException, InterruptedException {
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

  /** Ends it early; returns at once. */
  void end() {
    asked.countDown();
  }

  /** Ends it early, and waits a moment until it has closed what it opened. */
  @Override
  public void close() {
    end();
    try {
      boolean unused = over.await(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
