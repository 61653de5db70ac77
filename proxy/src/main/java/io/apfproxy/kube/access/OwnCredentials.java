package io.apfproxy.kube.access;

import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.tls.PemKeyPair;
import io.fabric8.kubernetes.client.Config;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy shows the upstream, and by what it knows it: one reading of the files. Secrets:
 * never log.
 *
 * @param authority PEM; null for the machine's trusted authorities
 * @param certificate of the proxy's own identity; null if there is none
 * @param frontProxy for request-header mode; null if none is configured
 * @param token of the proxy's own identity; null if there is none
 */
record OwnCredentials(
    @Nullable String authority,
    @Nullable KeyPairPem certificate,
    @Nullable KeyPairPem frontProxy,
    @Nullable String token) {

  private interface Reading<T> {
    @Nullable T read() throws UpstreamAccessException;
  }

  /**
   * @param config of the proxy's own identity
   * @param sources the files of the front-proxy pair
   * @throws UpstreamAccessException one line naming the file or flag and what was expected
   */
  static OwnCredentials read(Config config, UpstreamAccess.Sources sources)
      throws UpstreamAccessException {
    return new OwnCredentials(
        authority(config),
        certificate(config),
        frontProxy(sources),
        CredentialSource.token(config));
  }

  /**
   * With the front-proxy pair read anew. A part that cannot be read, does not fit together or is
   * gone stays as it was: files are replaced one by one, and may be looked at in between.
   *
   * @param problems told one line if it cannot be used
   */
  OwnCredentials readFrontProxy(UpstreamAccess.Sources sources, Consumer<String> problems) {
    return new OwnCredentials(
        authority, certificate, next(frontProxy, () -> frontProxy(sources), problems), token);
  }

  /**
   * With everything else read anew, as {@link #readFrontProxy} does.
   *
   * @param problems told one line for each part that cannot be used
   */
  OwnCredentials readOwn(CredentialSource source, Consumer<String> problems) {
    Config config = this.<Config>next(null, source::load, problems);
    return config == null
        ? this
        : new OwnCredentials(
            next(authority, () -> authority(config), problems),
            next(certificate, () -> certificate(config), problems),
            frontProxy,
            next(token, () -> CredentialSource.token(config), problems));
  }

  private <T> @Nullable T next(@Nullable T before, Reading<T> reading, Consumer<String> problems) {
    try {
      T read = reading.read();
      return read == null ? before : read;
    } catch (UpstreamAccessException e) {
      problems.accept(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // messages of plug-ins may hold what they printed: only ours are repeated
      problems.accept("a credential cannot be read: " + e.getClass().getSimpleName());
    }
    return before;
  }

  private static @Nullable String authority(Config config) throws UpstreamAccessException {
    String pem = pem(config.getCaCertData(), config.getCaCertFile(), "certificate authority");
    if (pem != null) {
      var unused = Certificates.parse(pem, "certificate authority");
    }
    return pem;
  }

  private static @Nullable KeyPairPem certificate(Config config) throws UpstreamAccessException {
    String certificate =
        pem(config.getClientCertData(), config.getClientCertFile(), "client certificate");
    String key = pem(config.getClientKeyData(), config.getClientKeyFile(), "client key");
    return certificate == null || key == null
        ? null
        : pair(
            certificate,
            named("client certificate", config.getClientCertData(), config.getClientCertFile()),
            key,
            named("client key", config.getClientKeyData(), config.getClientKeyFile()));
  }

  private static String named(String what, @Nullable String data, @Nullable String file) {
    return file == null || (data != null && !data.isBlank()) ? what : what + " " + file;
  }

  private static @Nullable KeyPairPem frontProxy(UpstreamAccess.Sources sources)
      throws UpstreamAccessException {
    Path certificate = sources.frontProxyCertificate();
    Path key = sources.frontProxyKey();
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new UpstreamAccessException(
          "--proxy-client-cert-file and --proxy-client-key-file must be given together");
    }
    return pair(
        PemFile.read(certificate, "--proxy-client-cert-file"),
        "--proxy-client-cert-file " + certificate,
        PemFile.read(key, "--proxy-client-key-file"),
        "--proxy-client-key-file " + key);
  }

  private static KeyPairPem pair(String certificate, String itsName, String key, String keyName)
      throws UpstreamAccessException {
    try {
      return KeyPairPem.of(
          certificate.getBytes(StandardCharsets.US_ASCII), key.getBytes(StandardCharsets.US_ASCII));
    } catch (KeyPairPem.UnusableException e) {
      throw new UpstreamAccessException(
          e.inKey()
              ? keyName
                  + ": found "
                  + e.getMessage()
                  + ", expected "
                  + e.expected("the PEM key of its certificate")
              : itsName
                  + ": found "
                  + e.getMessage()
                  + ", expected "
                  + e.expected("PEM certificates"),
          e);
    }
  }

  private static @Nullable String pem(@Nullable String data, @Nullable String file, String what)
      throws UpstreamAccessException {
    if (data != null && !data.isBlank()) {
      return PemFile.decode(data, what);
    }
    return file == null || file.isBlank() ? null : PemFile.read(Path.of(file), what);
  }

  /** The proxy's own certificate as text. */
  @Nullable PemKeyPair certificatePem() {
    return certificate == null ? null : certificate.pem();
  }

  /** The front-proxy certificate as text. */
  @Nullable PemKeyPair frontProxyPem() {
    return frontProxy == null ? null : frontProxy.pem();
  }

  /** Whether a connection of the proxy's own calls would be made as with the other ones. */
  boolean connectsLike(OwnCredentials other) {
    return Objects.equals(authority, other.authority)
        && Objects.equals(certificatePem(), other.certificatePem());
  }

  @Override
  public String toString() {
    return "OwnCredentials[...]";
  }
}
