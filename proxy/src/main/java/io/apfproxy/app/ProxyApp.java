package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.live.Feed;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Tracer;
import io.apfproxy.source.Reconfiguration;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running proxy. Several may run in one process. Thread-safe. */
public final class ProxyApp implements AutoCloseable {
  /*
   * Starts from the inside out: what only reads files first, then what asks the upstream, the
   * listeners last. Stops the other way round. The upstream may be down at start: then the listener
   * answers 503 until it was reached and examined.
   */
  private static final Logger LOG = LoggerFactory.getLogger(ProxyApp.class);

  /** Of it, watches may take 3 s, the break-glass listener 5, each log 2; the manifests give 20. */
  private static final Duration CLOSING = Duration.ofSeconds(17);

  private final ProxyOptions options;
  private final Closers closers = new Closers();
  private final ProxyMetrics metrics = closers.add("metrics", new ProxyMetrics());
  private final ServingCertificate certificate;
  private final UpstreamAccess access;
  private final UpstreamHealth upstream;
  private final Readiness readiness;
  private final AdminPart admin;
  private final MainListener listener;
  private final WarmUp warmUp;

  private ProxyApp(ProxyOptions options) throws StartException {
    this.options = options;
    long startedAt = System.nanoTime();
    boolean started = false;
    try {
      certificate = ServingCertificate.open(options.listener(), Instant.now());
      Transports transports = Transports.choose(options.listener().transport());
      warmUp =
          closers.add(
              "warm-up",
              WarmUp.begin(
                  options.warmUp(),
                  new SecondProxy(options, transports, Instant.now()),
                  TimeSource.system()));
      access = closers.add("upstream access", openUpstream(options.upstream()));
      Timers timers = closers.add("timers", new Timers("timers"));
      FlowControlPart flowControl =
          FlowControlPart.create(
              options.flowControl(),
              options.admin().recording() != null,
              ListenerSettings.unlimited(options.limits()),
              timers,
              metrics);
      Optional<Reconfiguration> reconfiguration =
          FlowSources.open(options.flowControl(), flowControl, access, metrics, closers);
      TalkersPart talkers = TalkersPart.open(options.admin(), metrics, closers);
      Reporter logs =
          Reporter.all(
              AccessLogPart.open(options.admin(), metrics, closers),
              RecordingPart.open(options.admin(), metrics, closers));
      Tracer tracer = TracingPart.open(options, metrics, closers);
      UpstreamWatch watch = new UpstreamWatch(options.upstream().holdWhileDown(), flowControl);
      IdentityPart identity =
          IdentityPart.open(options, access, watch.outage(), metrics, timers, closers);
      upstream = new UpstreamHealth(identity.gate(), identity.trust(), watch.outage());
      identity.gate().ask();
      Vertx vertx = transports.open(options.listener().eventLoops());
      closers.add("event loops", () -> Waiting.on(vertx.close()));
      LOG.info(
          "transport {}, TLS by {}, {} event loop(s)",
          transports.name(),
          transports.tls(),
          options.listener().eventLoops());
      watch.start(transports, vertx, access, metrics, closers);
      readiness = new Readiness(upstream, reconfiguration, warmUp, startedAt);
      SelfMetrics.bind(metrics, options, transports, readiness, certificate, access);
      Feed live =
          LivePart.open(
              new LivePart.Parts(
                  options.flowControl(),
                  flowControl,
                  reconfiguration,
                  talkers,
                  readiness,
                  certificate,
                  access,
                  identity.gate(),
                  metrics),
              closers);
      admin =
          AdminPart.start(
              options.admin(),
              transports,
              certificate.current().pem(),
              identity.reviews(),
              new Pages(readiness, metrics, flowControl, talkers, live),
              metrics,
              closers);
      List<ListenerPart> listeners =
          new ArrayList<>(
              BreakGlass.start(
                  options,
                  transports,
                  certificate.current().pem(),
                  identity,
                  access,
                  talkers.book().reporter(),
                  metrics,
                  closers));
      listener =
          MainListener.start(
              vertx,
              options,
              certificate.current().pem(),
              identity,
              flowControl,
              access,
              watch.outage(),
              talkers,
              logs,
              tracer,
              metrics);
      listeners.add(listener.part());
      upstream.tryWay(listener.part()::probeUpstream);
      readiness.listens();
      closers.add("listener", listener::drain);
      Housekeeping housekeeping = new Housekeeping(closers);
      housekeeping.keepSeats(options.flowControl(), flowControl, timers, access);
      housekeeping.keepUp(upstream, certificate, listeners, admin);
      started = true;
    } catch (UpstreamAccessException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } finally {
      if (!started) {
        closers.close();
      }
    }
  }

  /**
   * Starts a proxy; returns when it listens. The upstream need not answer yet.
   *
   * @throws StartException if it cannot run as asked; nothing is left running
   */
  public static ProxyApp start(ProxyOptions options) throws StartException {
    return new ProxyApp(options);
  }

  private static UpstreamAccess openUpstream(ProxyOptions.Upstream upstream)
      throws UpstreamAccessException {
    return UpstreamAccess.open(
        new UpstreamAccess.Sources(
            upstream.kubeconfig(),
            upstream.context(),
            upstream.frontProxyCertificate(),
            upstream.frontProxyKey(),
            upstream.impersonatingAccount(),
            upstream.allowInsecure()));
  }

  /** Port of the listener for clients. */
  public int securePort() {
    return listener.part().port();
  }

  /** Port of the listener for operators. */
  public int adminPort() {
    return admin.port();
  }

  /** PEM file that vouches for the serving certificate. */
  public Path certificateAuthority() {
    return certificate.certificateFile();
  }

  /** Whether clients are served: it listens, the upstream answers, and no stop was asked for. */
  public boolean isReady() {
    return readiness.isReady();
  }

  /** Several lines for people: where it listens, for which upstream, what to try next. */
  public String welcome() {
    return new Welcome(
            options,
            access.upstream().server(),
            certificate.certificateFile(),
            securePort(),
            adminPort())
        .text();
  }

  /**
   * Fails with a {@link StartException} if the proxy found out later that it cannot run as asked,
   * such as when an upstream that was down turns out to be something else.
   */
  public CompletionStage<Void> failure() {
    return upstream.failure();
  }

  /** How long {@link #close} may take if nothing hangs. */
  public static Duration longestEnd(ProxyOptions options) {
    return options.shutdown().delay().plus(options.shutdown().grace()).plus(CLOSING);
  }

  /**
   * Drains and stops: not ready; serves on for the delay; then no new requests, HTTP/2 clients are
   * told to go, watches end; waits for the rest no longer than the grace. Blocks meanwhile.
   */
  @Override
  public void close() {
    readiness.stops();
    warmUp.end();
    closers.close();
  }
}
