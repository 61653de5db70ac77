package io.apfproxy.kube.access;

import io.apfproxy.timer.Repetition;
import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream, and what the proxy itself may use there. Opening reads files and runs an exec
 * credential plug-in, if there is one; it does not connect. Tokens, certificates and authorities
 * are read again from time to time; the address of the upstream is not. Thread-safe.
 */
public final class UpstreamAccess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamAccess.class);
  private static final int TIMEOUT_MILLIS = 5000;
  private static final Duration PERIOD = Duration.ofSeconds(30);

  private final CredentialSource source;
  private final Sources sources;
  private final Config config;
  private final URI server;
  private final RenewableClient client;
  private final @Nullable Impersonator impersonator;
  private final Repetition repetition;
  private volatile OwnCredentials credentials;
  private volatile UpstreamConfig upstream;
  private long ownReadAt = System.nanoTime();
  private List<String> lastProblems = List.of();

  private UpstreamAccess(CredentialSource source, Sources sources) throws UpstreamAccessException {
    this.source = source;
    this.sources = sources;
    this.config = source.load();
    this.server = server(config, source);
    refuseInsecure(sources.allowInsecure());
    this.credentials = OwnCredentials.read(config, sources);
    this.upstream = upstreamConfig();
    try {
      Config own = ownConfig();
      this.client = new RenewableClient(own, credentials.certificate());
      String account = sources.impersonator();
      this.impersonator = account == null ? null : new Impersonator(account, client.client(), own);
    } catch (KubernetesClientException e) {
      throw new UpstreamAccessException(
          source.name() + ": the certificates or the client key cannot be used", e);
    }
    this.repetition = Repetition.alone("upstream-credentials", PERIOD, this::reload);
  }

  /**
   * Where the upstream and the credentials are found.
   *
   * @param kubeconfig null for the service account of the pod
   * @param context null for the current one of the file
   * @param frontProxyCertificate {@code --proxy-client-cert-file}; null if not configured
   * @param frontProxyKey {@code --proxy-client-key-file}; null if not configured
   * @param impersonator {@code namespace/name} of the service account that impersonates; null if
   *     the proxy's own credential does
   * @param allowInsecure whether the upstream may be one that nobody can be sure of: plain HTTP, or
   *     a certificate that is not verified
   */
  public record Sources(
      @Nullable Path kubeconfig,
      @Nullable String context,
      @Nullable Path frontProxyCertificate,
      @Nullable Path frontProxyKey,
      @Nullable String impersonator,
      boolean allowInsecure) {
    /** With a verified upstream. */
    public Sources(
        @Nullable Path kubeconfig,
        @Nullable String context,
        @Nullable Path frontProxyCertificate,
        @Nullable Path frontProxyKey,
        @Nullable String impersonator) {
      this(kubeconfig, context, frontProxyCertificate, frontProxyKey, impersonator, false);
    }
  }

  /**
   * @throws UpstreamAccessException one line naming the file or flag and what was expected
   */
  public static UpstreamAccess open(Sources sources) throws UpstreamAccessException {
    return new UpstreamAccess(
        sources.kubeconfig() == null
            ? new ServiceAccountSource()
            : new KubeconfigSource(sources.kubeconfig(), sources.context()),
        sources);
  }

  private UpstreamConfig upstreamConfig() {
    return new UpstreamConfig(
        server,
        credentials.authority(),
        config.isTrustCerts(),
        tlsServerName(config),
        sources.impersonator() == null ? credentials.certificatePem() : null,
        credentials.frontProxyPem());
  }

  /** For the proxy's own calls: what was read, not the files, which may change in between. */
  private Config ownConfig() {
    ConfigBuilder own =
        new ConfigBuilder(config)
            .withConnectionTimeout(TIMEOUT_MILLIS)
            .withRequestTimeout(TIMEOUT_MILLIS)
            .withRequestRetryBackoffLimit(0)
            .withCaCertFile(null)
            .withCaCertData(base64(credentials.authority()))
            .withClientCertFile(null)
            .withClientCertData(null)
            .withClientKeyFile(null)
            .withClientKeyData(null);
    if (credentials.token() != null) {
      own.withOauthTokenProvider(() -> credentials.token());
    }
    return own.build();
  }

  private static @Nullable String base64(@Nullable String pem) {
    return pem == null
        ? null
        : Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads the credentials again. New connections use what is new; what cannot be used stays as it
   * was, and the log says so once.
   */
  synchronized void reload() {
    closeRetired();
    List<String> problems = new ArrayList<>();
    OwnCredentials before = credentials;
    OwnCredentials now = before.readFrontProxy(sources, problems::add);
    if (System.nanoTime() - ownReadAt >= source.refresh().toNanos()) {
      ownReadAt = System.nanoTime();
      now = now.readOwn(source, problems::add);
    }
    if (!problems.equals(lastProblems)) {
      problems.forEach(problem -> LOG.warn("{}; what was read before stays in use", problem));
      lastProblems = problems;
    }
    if (now.equals(before)) {
      return;
    }
    credentials = now;
    UpstreamConfig renewed = upstreamConfig();
    if (!renewed.equals(upstream)) {
      upstream = renewed;
      LOG.info("new connections to the upstream use the new certificates");
    }
    if (!now.connectsLike(before)) {
      try {
        Config own = ownConfig();
        client.renew(own, now.certificate());
        if (impersonator != null) {
          impersonator.reconnect(own);
        }
      } catch (KubernetesClientException e) {
        LOG.warn("the proxy's own calls still use the old certificates: {}", e.getMessage());
      }
    }
  }

  private void closeRetired() {
    client.closeRetired();
    if (impersonator != null) {
      impersonator.closeRetired();
    }
  }

  private void refuseInsecure(boolean allowed) throws UpstreamAccessException {
    String found;
    if ("http".equals(server.getScheme())) {
      found = "server \"" + server + "\", which shows every token to the network";
    } else if (config.isTrustCerts()) {
      found = "insecure-skip-tls-verify, with which anybody may be the server";
    } else {
      return;
    }
    if (!allowed) {
      throw new UpstreamAccessException(
          source.name()
              + ": found "
              + found
              + ", expected https with a certificate authority, or --allow-insecure-upstream");
    }
    LOG.warn("--allow-insecure-upstream: {} has {}", source.name(), found);
  }

  private static URI server(Config config, CredentialSource source) throws UpstreamAccessException {
    String url = config.getMasterUrl().replaceFirst("/+$", ""); // fabric8 puts one there
    try {
      URI server = new URI(url);
      String scheme = server.getScheme();
      if (server.getHost() != null && ("https".equals(scheme) || "http".equals(scheme))) {
        return server;
      }
    } catch (URISyntaxException e) {
      // told below, together with the other ways in which it can be wrong
    }
    throw new UpstreamAccessException(
        source.name() + ": server \"" + url + "\" must be an http or https URL");
  }

  private static @Nullable String tlsServerName(Config config) {
    String name = config.getTlsServerName();
    return name == null || name.isBlank() ? null : name;
  }

  /**
   * Where the upstream is, with the certificates the proxy may present there now. Cheap; gives the
   * same object until something changed.
   */
  public UpstreamConfig upstream() {
    return upstream;
  }

  /**
   * Days until a certificate ends that the proxy presents; negative after that. Empty if it has
   * none of that kind.
   */
  public OptionalDouble daysLeft(Credential credential, Instant now) {
    KeyPairPem pair =
        switch (credential) {
          case NONE -> null;
          case FRONT_PROXY -> credentials.frontProxy();
          case OWN -> credentials.certificate();
        };
    return pair == null ? OptionalDouble.empty() : OptionalDouble.of(pair.daysLeft(now));
  }

  /** For the proxy's own calls, which bypass its flow control. Time-out 5 seconds. */
  public KubernetesClient client() {
    return client.client();
  }

  /** Looks at the upstream and at the rights of the proxy's credentials there. */
  public UpstreamCheck check() {
    return new UpstreamCheck(client(), impersonator);
  }

  /** The token of the proxy itself, null if there is none. Never blocks, follows rotation. */
  public Supplier<@Nullable String> ownToken() {
    return () -> credentials.token();
  }

  /** The token to impersonate with, null if there is none. Never blocks, follows rotation. */
  public Supplier<@Nullable String> impersonationToken() {
    return impersonator == null ? () -> credentials.token() : impersonator;
  }

  /** Whether the proxy has a credential to impersonate with, now or once it was asked for. */
  public boolean canImpersonate() {
    return impersonator != null || upstream.ownCertificate() != null || credentials.token() != null;
  }

  @Override
  public void close() {
    repetition.close();
    if (impersonator != null) {
      impersonator.close();
    }
    client.close();
  }
}
