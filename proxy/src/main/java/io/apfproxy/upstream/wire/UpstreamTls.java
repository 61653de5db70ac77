package io.apfproxy.upstream.wire;

import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.net.ClientSSLOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** TLS towards the upstream: whom we trust, what we present. */
final class UpstreamTls {
  /** Both sides need a processor for it, and may have to wait for one. */
  private static final int HANDSHAKE_SECONDS = 10;

  private UpstreamTls() {}

  /**
   * @param protocols for ALPN, preferred first
   */
  static ClientSSLOptions options(
      UpstreamConfig config, Credential credential, List<String> protocols) {
    ClientSSLOptions options =
        new ClientSSLOptions()
            .setUseAlpn(true)
            .setApplicationLayerProtocols(protocols)
            .setTrustAll(config.insecureSkipTlsVerify())
            .setHostnameVerificationAlgorithm(config.insecureSkipTlsVerify() ? "" : "HTTPS");
    options.setSslHandshakeTimeout(HANDSHAKE_SECONDS).setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    String authority = config.certificateAuthority();
    if (authority != null && !config.insecureSkipTlsVerify()) {
      options.setTrustOptions(new TrustedAuthority(authority));
    }
    PemKeyPair pair = certificate(config, credential);
    if (pair != null) {
      options.setKeyCertOptions(new KeyPairOptions(pair));
    }
    return options;
  }

  static boolean presents(UpstreamConfig config, Credential credential) {
    return certificate(config, credential) != null;
  }

  private static @Nullable PemKeyPair certificate(UpstreamConfig config, Credential credential) {
    return switch (credential) {
      case NONE -> null;
      case FRONT_PROXY -> config.frontProxyCertificate();
      case OWN -> config.ownCertificate();
    };
  }
}
