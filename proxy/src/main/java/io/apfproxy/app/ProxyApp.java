package io.apfproxy.app;

import io.apfproxy.admin.AdminPages;
import io.apfproxy.admin.AdminServer;
import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.StandardIdentityResolver;
import io.apfproxy.authn.act.UrlAccess;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.ChainWorkers;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.kube.access.UpstreamCheck;
import io.apfproxy.kube.review.KubeReviews;
import io.apfproxy.kube.watch.ClientTrustSource;
import io.apfproxy.kube.watch.ObjectCounts;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.server.ProxyServer;
import io.apfproxy.server.walk.Collaborators;
import io.apfproxy.source.FlowSource;
import io.apfproxy.source.Reconfiguration;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.upstream.wire.Credential;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private static final Duration BORROWING_PERIOD = Duration.ofSeconds(10);
  private static final Duration CERTIFICATE_PERIOD = Duration.ofSeconds(10);
  private static final Duration UPSTREAM_PERIOD = Duration.ofSeconds(2);
  private static final Duration LONGEST_CONFIGURING = Duration.ofSeconds(10);
  private static final Duration COUNTS_PERIOD = Duration.ofSeconds(60);
  private static final Duration CUTTING = Duration.ofSeconds(5);

  private final ProxyOptions options;
  private final Closers closers = new Closers();
  private final ProxyMetrics metrics = closers.add("metrics", new ProxyMetrics());
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final ServingCertificate certificate;
  private final UpstreamAccess access;
  private final ClientTrustSource trust;
  private final FlowControlPart flowControl;
  private final Optional<Reconfiguration> reconfiguration;
  private final long startedAt = System.nanoTime();
  private final UpstreamGate gate;
  private final ProxyServer server;
  private final UpstreamPath path;
  private final AdminServer admin;
  private final int adminPort;
  private volatile boolean listening;
  private volatile boolean stopping;

  private ProxyApp(ProxyOptions options) throws StartException {
    this.options = options;
    boolean started = false;
    try {
      certificate = ServingCertificate.open(options.listener(), Instant.now());
      access = closers.add("upstream access", openUpstream(options.upstream()));
      Transports transports = Transports.choose(options.listener().transport());
      Timers timers = closers.add("timers", new Timers("timers"));
      flowControl = FlowControlPart.create(options.flowControl(), timers, metrics);
      reconfiguration =
          FlowSources.open(options.flowControl(), flowControl, access, metrics, closers);
      trust = closers.add("client trust", ClientTrustSource.open(trustFlags(), access.client()));
      KubeReviews reviews = closers.add("reviews", new KubeReviews(access.client()));
      gate = gate(reviews);
      gate.ask();
      Vertx vertx = transports.open(options.listener().eventLoops());
      closers.add("event loops", () -> Waiting.on(vertx.close()));
      LOG.info(
          "transport {}, TLS by {}, {} event loop(s)",
          transports.name(),
          transports.tls(),
          options.listener().eventLoops());
      metrics.describe(
          Version.NUMBER, transports.name(), transports.tls(), options.flowControl().serverLimit());
      metrics.bindReady(this::isReady);
      metrics.bindDroppedLines(DroppedLines::sum);
      metrics.bindCertificate(() -> certificate.daysLeft(Instant.now()));
      showClientCertificate("front-proxy", Credential.FRONT_PROXY);
      showClientCertificate("own", Credential.OWN);
      Vertx operators = transports.open(1); // what clients do leaves it alone
      closers.add("operators' event loop", () -> Waiting.on(operators.close()));
      admin = adminServer(operators, reviews);
      adminPort = startAdmin();
      server = startServer(vertx);
      path = new UpstreamPath(server::probeUpstream);
      askPath();
      server
          .bounds()
          .forEach(
              bound ->
                  metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
      listening = true;
      closers.add("listener", this::drain);
      timers.every(BORROWING_PERIOD, flowControl::adjustBorrowing);
      Timers checks = closers.add("checks", new Timers("checks"));
      checks.every(UPSTREAM_PERIOD, this::askUpstream);
      checks.every(CERTIFICATE_PERIOD, this::reloadCertificate);
      if (options.flowControl().pollObjectCounts() && flowControl.fair() != null) {
        pollObjectCounts(flowControl.fair());
      }
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

  private void showClientCertificate(String name, Credential credential) {
    if (access.daysLeft(credential, Instant.now()).isPresent()) {
      metrics.bindClientCertificate(
          name, () -> access.daysLeft(credential, Instant.now()).orElse(Double.NaN));
    }
  }

  private UpstreamIdentityPolicy identityPolicy() throws StartException {
    try {
      return UpstreamIdentityPolicy.parse(
          options.upstream().identity(),
          options.upstream().frontProxyCertificate() != null,
          access.canImpersonate());
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private UpstreamGate gate(KubeReviews reviews) throws StartException {
    UpstreamIdentityPolicy policy = identityPolicy();
    boolean impersonates =
        policy.available().contains(Mode.IMPERSONATION)
            && policy.order().contains(Mode.IMPERSONATION);
    UpstreamCheck check = access.check();
    UpstreamVersion version = new UpstreamVersion();
    return new UpstreamGate(
        access.upstream().server(),
        check::run,
        check::reach,
        version,
        impersonates && !options.upstream().allowPrivilegedImpersonation(),
        identities(policy, reviews, version));
  }

  private IdentityResolver identities(
      UpstreamIdentityPolicy policy, KubeReviews reviews, UpstreamVersion version) {
    StandardIdentityResolver identities =
        new StandardIdentityResolver(
            trust,
            policy,
            new StandardIdentityResolver.Means(
                reviews, reviews, closers.add("certificate checks", new ChainWorkers())),
            version::hasConstrainedImpersonation,
            options.authentication().anonymous(),
            ListenerSettings.unlimited(options.limits()),
            TimeSource.system());
    metrics.bindDisbelieved(identities::disbelievedHeaders);
    identities
        .bounds()
        .forEach(
            bound ->
                metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
    return identities;
  }

  private ClientTrustSource.Flags trustFlags() {
    ProxyOptions.Authentication authentication = options.authentication();
    ProxyOptions.FrontProxy front = authentication.frontProxy();
    return front == null
        ? new ClientTrustSource.Flags(
            authentication.clientCa(), null, List.of(), FrontProxyHeaders.STANDARD)
        : new ClientTrustSource.Flags(
            authentication.clientCa(),
            front.clientCa(),
            front.allowedNames(),
            new FrontProxyHeaders(
                front.userHeaders(),
                front.uidHeaders(),
                front.groupHeaders(),
                front.extraPrefixes()));
  }

  private AdminServer adminServer(Vertx vertx, KubeReviews reviews) {
    AdminEntrance entrance = new AdminEntrance(metrics);
    return options.admin().tls()
        ? AdminServer.tls(
            vertx,
            new Pages(),
            certificate.current().pem(),
            new UrlAccess(reviews, reviews, TimeSource.system()),
            entrance)
        : AdminServer.plain(vertx, new Pages(), entrance);
  }

  private int startAdmin() throws StartException {
    ProxyOptions.Admin where = options.admin();
    try {
      int port = Waiting.on(admin.listen(where.bindAddress(), where.port()));
      closers.add("admin listener", () -> Waiting.on(admin.close()));
      return port;
    } catch (IOException e) {
      throw cannotListen("--admin-port", where.bindAddress(), where.port(), e);
    }
  }

  private ProxyServer startServer(Vertx vertx) throws StartException {
    ProxyOptions.Listener listener = options.listener();
    Collaborators collaborators =
        new Collaborators(
            new RequestHeadReader(trust, ListenerSettings.trustedProxies(options))::read,
            gate,
            flowControl.control(),
            flowControl.learning(),
            access::upstream,
            access.impersonationToken(),
            metrics.events());
    try {
      return Waiting.on(
          ProxyServer.start(
              vertx, ListenerSettings.of(options, certificate.current().pem()), collaborators));
    } catch (IOException e) {
      throw cannotListen("--secure-port", listener.bindAddress(), listener.securePort(), e);
    }
  }

  private static StartException cannotListen(
      String flag, String address, int port, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    String found = reason.contains("in use") ? "is in use" : "cannot be bound (" + reason + ")";
    return new StartException(
        flag + ": " + address + " port " + port + " " + found + ", expected a free one", cause);
  }

  /** On a thread of its own: the page may be large and slow. */
  private void pollObjectCounts(ApfFlowControl fair) {
    ObjectCounts counts = new ObjectCounts(access.client(), fair.polledObjects());
    Timers polls = closers.add("object counts", new Timers("object-counts"));
    polls.after(0, counts::poll);
    polls.every(COUNTS_PERIOD, counts::poll);
  }

  private void askUpstream() {
    boolean wasReachable = gate.isReachable();
    try {
      gate.ask();
      if (gate.isReachable() && !(wasReachable && trust.get().upstreamKnown())) {
        trust.readAgain();
      }
      askPath();
    } catch (StartException e) {
      failure.completeExceptionally(e);
    }
  }

  private void askPath() {
    if (gate.isReachable()) {
      path.ask();
    }
  }

  /** Two ways there, and both must do: the proxy's own questions, and what clients send. */
  private boolean isUpstreamReached() {
    UpstreamPath way = path; // null as long as the listener is not there
    return gate.isReachable() && way != null && way.isOpen();
  }

  private void reloadCertificate() {
    if (certificate.reloadIfChanged()) {
      KeyPairPem renewed = certificate.current();
      Future.join(
              server.replaceCertificate(renewed.pem()),
              options.admin().tls()
                  ? admin.replaceCertificate(renewed.pem())
                  : Future.succeededFuture())
          .onFailure(cause -> LOG.warn("the new certificate is not used: {}", cause.getMessage()));
    }
  }

  /** Port of the listener for clients. */
  public int securePort() {
    return server.port();
  }

  /** Port of the listener for operators. */
  public int adminPort() {
    return adminPort;
  }

  /** PEM file that vouches for the serving certificate. */
  public Path certificateAuthority() {
    return certificate.certificateFile();
  }

  /** Whether clients are served: it listens, the upstream answers, and no stop was asked for. */
  public boolean isReady() {
    return listening && !stopping && isUpstreamReached() && isConfigured();
  }

  /** A start does not wait for its configuration for ever: the built-in objects are there. */
  private boolean isConfigured() {
    return reconfiguration.isEmpty()
        || reconfiguration.get().isLoaded()
        || System.nanoTime() - startedAt > LONGEST_CONFIGURING.toNanos();
  }

  /** Several lines for people: where it listens, for which upstream, what to try next. */
  public String welcome() {
    return new Welcome(
            options,
            access.upstream().server(),
            certificate.certificateFile(),
            securePort(),
            adminPort)
        .text();
  }

  /**
   * Fails with a {@link StartException} if the proxy found out later that it cannot run as asked,
   * such as when an upstream that was down turns out to be something else.
   */
  public CompletionStage<Void> failure() {
    return failure.minimalCompletionStage();
  }

  /**
   * Drains and stops: not ready; serves on for the delay; then no new requests, HTTP/2 clients are
   * told to go, watches end; waits for the rest no longer than the grace. Blocks meanwhile.
   */
  @Override
  public void close() {
    stopping = true;
    closers.close();
  }

  private void drain() throws IOException, InterruptedException {
    Duration delay = options.shutdown().delay();
    Duration grace = options.shutdown().grace();
    LOG.info("stopping: not ready, {} s until requests are refused", delay.toSeconds());
    TimeUnit.NANOSECONDS.sleep(delay.toNanos());
    LOG.info("stopping: requests may finish within {} s", grace.toSeconds());
    Waiting.on(server.shutdown(grace), grace.plus(CUTTING));
  }

  private final class Pages implements AdminPages {
    @Override
    public List<Check> readiness() {
      List<Check> checks = new ArrayList<>();
      checks.add(new Check("upstream", isUpstreamReached()));
      checks.add(new Check("listener", listening));
      checks.add(new Check("shutdown", !stopping));
      reconfiguration.ifPresent(flow -> checks.addAll(configuration(flow)));
      return checks;
    }

    private List<Check> configuration(Reconfiguration flow) {
      boolean configured = isConfigured();
      return flow.sources().stream()
          .map(
              source -> {
                FlowSource.Snapshot snapshot = source.snapshot();
                return new Check(
                    "flowcontrol-" + source.name().replaceFirst(":.*", ""),
                    configured || snapshot.loaded(),
                    note(snapshot));
              })
          .toList();
    }

    private static String note(FlowSource.Snapshot snapshot) {
      if (snapshot.trouble().isEmpty()) {
        return "";
      }
      return snapshot.loaded()
          ? "in trouble, its last version stays in force"
          : "not read yet, the built-in objects are in force";
    }

    @Override
    public String metrics() {
      return metrics.scrape();
    }

    @Override
    public Optional<String> explain(
        String method, String url, @Nullable String user, List<String> groups) {
      return flowControl.explain(method, url, user, groups);
    }

    @Override
    public Optional<String> dump(Dump what, boolean withRequestDetails) {
      return flowControl.dump(what, withRequestDetails);
    }
  }
}
