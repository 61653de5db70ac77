package io.apfproxy.kube.watch;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.kube.access.Certificates;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose certificates are believed: what the flags say, and for what they do not say, what the
 * upstream publishes. Read again every minute; a failed read keeps the last good version.
 * Thread-safe.
 */
public final class ClientTrustSource implements Supplier<ClientTrust>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientTrustSource.class);
  private static final Duration REFRESH = Duration.ofMinutes(1);

  private final Flags flags;
  private final ExtensionApiserverAuthentication published;
  private @Nullable Repetition repetition;
  private volatile ClientTrust trust = ClientTrust.NONE;
  private volatile Optional<ExtensionApiserverAuthentication.Published> lastPublished =
      Optional.empty();
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean warned;

  /**
   * What the flags say of client certificates.
   *
   * @param clientCaFile {@code --client-ca-file}; null to use the published one
   * @param requestHeaderClientCaFile {@code --requestheader-client-ca-file}; null to use what the
   *     upstream publishes: authority, allowed names and headers
   * @param requestHeaderAllowedNames {@code --requestheader-allowed-names}; empty for any
   * @param requestHeaders names of the {@code --requestheader-*-headers} flags; like the allowed
   *     names, they count together with the file only
   */
  public record Flags(
      @Nullable Path clientCaFile,
      @Nullable Path requestHeaderClientCaFile,
      List<String> requestHeaderAllowedNames,
      FrontProxyHeaders requestHeaders) {
    public Flags {
      requestHeaderAllowedNames = List.copyOf(requestHeaderAllowedNames);
    }
  }

  private ClientTrustSource(Flags flags, KubernetesClient client) {
    this.flags = flags;
    this.published = new ExtensionApiserverAuthentication(client);
  }

  /**
   * Reads the files and the ConfigMap once, then every minute. An upstream that is down or refuses
   * is asked again later.
   *
   * @throws UpstreamAccessException if a file of the flags is not usable
   */
  public static ClientTrustSource open(Flags flags, KubernetesClient client)
      throws UpstreamAccessException {
    ClientTrustSource source = new ClientTrustSource(flags, client);
    source.trust = source.read();
    source.repetition = Repetition.alone("client-trust", REFRESH, source::refresh);
    return source;
  }

  @Override
  public ClientTrust get() {
    return trust;
  }

  /** The upstream was away and is back, perhaps with another configuration: reads soon. */
  public void readAgain() {
    Repetition reading = repetition;
    if (reading != null && asked.compareAndSet(false, true)) {
      reading.now();
    }
  }

  public void refresh() {
    asked.set(false);
    try {
      ClientTrust read = read();
      if (!read.equals(trust)) {
        trust = read;
        LOG.info("The authorities of client certificates changed");
      }
    } catch (UpstreamAccessException e) {
      LOG.warn("The authorities of client certificates stay as they were: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("The authorities of client certificates stay as they were", e);
    }
  }

  private ClientTrust read() throws UpstreamAccessException {
    try {
      lastPublished = Optional.of(published.read());
      warned = false;
    } catch (UpstreamAccessException e) {
      if (!warned) {
        warned = true;
        LOG.warn("{}", e.getMessage());
      }
    }
    ExtensionApiserverAuthentication.Published known =
        lastPublished.orElse(ExtensionApiserverAuthentication.Published.NOTHING);
    Path clientCa = flags.clientCaFile();
    Path frontProxyCa = flags.requestHeaderClientCaFile();
    List<X509Certificate> clients =
        clientCa == null
            ? known.clientAuthorities()
            : Certificates.read(clientCa, "--client-ca-file");
    List<X509Certificate> frontProxies =
        frontProxyCa == null
            ? known.frontProxyAuthorities()
            : Certificates.read(frontProxyCa, "--requestheader-client-ca-file");
    return new ClientTrust(
        clients,
        frontProxies,
        frontProxyCa == null ? known.allowedNames() : flags.requestHeaderAllowedNames(),
        frontProxyCa == null ? known.headers() : flags.requestHeaders(),
        known.headers(),
        lastPublished.isPresent());
  }

  @Override
  public void close() {
    if (repetition != null) {
      repetition.close();
    }
  }
}
