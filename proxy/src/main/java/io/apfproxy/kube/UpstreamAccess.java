package io.apfproxy.kube;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.upstream.UpstreamConfig;
import io.apfproxy.upstream.UpstreamConfig.PemKeyPair;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * The upstream, and what the proxy itself may use there. Opening reads files and runs an exec
 * credential plug-in, if there is one; it does not connect.
 */
public final class UpstreamAccess implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5000;

  private final UpstreamConfig upstream;
  private final KubernetesClient client;
  private final OwnToken ownToken;
  private final @Nullable Impersonator impersonator;

  private UpstreamAccess(
      UpstreamConfig upstream,
      KubernetesClient client,
      OwnToken ownToken,
      @Nullable Impersonator impersonator) {
    this.upstream = upstream;
    this.client = client;
    this.ownToken = ownToken;
    this.impersonator = impersonator;
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
   */
  public record Sources(
      @Nullable Path kubeconfig,
      @Nullable String context,
      @Nullable Path frontProxyCertificate,
      @Nullable Path frontProxyKey,
      @Nullable String impersonator) {}

  /**
   * @throws UpstreamAccessException one line naming the file or flag and what was expected
   */
  public static UpstreamAccess open(Sources sources) throws UpstreamAccessException {
    CredentialSource source =
        sources.kubeconfig() == null
            ? new ServiceAccountSource()
            : new KubeconfigSource(sources.kubeconfig(), sources.context());
    Config config = source.load();
    UpstreamConfig upstream =
        new UpstreamConfig(
            server(config, source),
            pem(config.getCaCertData(), config.getCaCertFile(), "certificate authority"),
            config.isTrustCerts(),
            tlsServerName(config),
            sources.impersonator() == null ? ownCertificate(config) : null,
            frontProxy(sources));
    OwnToken token = OwnToken.of(source, config);
    ConfigBuilder own =
        new ConfigBuilder(config)
            .withConnectionTimeout(TIMEOUT_MILLIS)
            .withRequestTimeout(TIMEOUT_MILLIS)
            .withRequestRetryBackoffLimit(0);
    if (token.get() != null) {
      own.withOauthTokenProvider(token::get);
    }
    PemKeyPair certificate = ownCertificate(config);
    if (certificate != null) {
      own.withClientKeyAlgo(PemFile.keyAlgorithm(certificate.key()));
    }
    try {
      Config built = own.build();
      KubernetesClient client = new KubernetesClientBuilder().withConfig(built).build();
      String account = sources.impersonator();
      return new UpstreamAccess(
          upstream,
          client,
          token,
          account == null ? null : new Impersonator(account, client, built));
    } catch (KubernetesClientException e) {
      token.close();
      throw new UpstreamAccessException(
          source.name() + ": the certificates or the client key cannot be used", e);
    }
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

  private static @Nullable PemKeyPair ownCertificate(Config config) throws UpstreamAccessException {
    String certificate =
        pem(config.getClientCertData(), config.getClientCertFile(), "client certificate");
    String key = pem(config.getClientKeyData(), config.getClientKeyFile(), "client key");
    return certificate == null || key == null ? null : new PemKeyPair(certificate, key);
  }

  private static @Nullable PemKeyPair frontProxy(Sources sources) throws UpstreamAccessException {
    Path certificate = sources.frontProxyCertificate();
    Path key = sources.frontProxyKey();
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new UpstreamAccessException(
          "--proxy-client-cert-file and --proxy-client-key-file must be given together");
    }
    return new PemKeyPair(
        PemFile.read(certificate, "--proxy-client-cert-file"),
        PemFile.read(key, "--proxy-client-key-file"));
  }

  private static @Nullable String pem(@Nullable String data, @Nullable String file, String what)
      throws UpstreamAccessException {
    if (data != null && !data.isBlank()) {
      return PemFile.decode(data, what);
    }
    return file == null || file.isBlank() ? null : PemFile.read(Path.of(file), what);
  }

  /** Where the upstream is, with the certificates the proxy may present there. */
  public UpstreamConfig upstream() {
    return upstream;
  }

  /** For the proxy's own calls, which bypass its flow control. Time-out 5 seconds. */
  public KubernetesClient client() {
    return client;
  }

  /** Looks at the upstream and at the rights of the proxy's credentials there. */
  public UpstreamCheck check() {
    return new UpstreamCheck(client, impersonator);
  }

  /** The token to impersonate with, null if there is none. Never blocks, follows rotation. */
  public Supplier<@Nullable String> impersonationToken() {
    return impersonator == null ? ownToken : impersonator;
  }

  /** Whether the proxy has a credential to impersonate with, now or once it was asked for. */
  public boolean canImpersonate() {
    return impersonator != null || upstream.ownCertificate() != null || ownToken.get() != null;
  }

  @Override
  public void close() {
    ownToken.close();
    if (impersonator != null) {
      impersonator.close();
    }
    client.close();
  }
}
