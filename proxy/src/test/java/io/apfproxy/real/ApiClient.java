package io.apfproxy.real;

import io.apfproxy.Trust;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** A user's plain HTTP client for one server: no retries, no redirects. */
final class ApiClient {
  private static final char[] NO_PASSWORD = {};

  private final URI server;
  private final HttpClient http;
  private final List<String> credential;

  private ApiClient(URI server, HttpClient http, List<String> credential) {
    this.server = server;
    this.http = http;
    this.credential = credential;
  }

  /** Without any credential. */
  static ApiClient anonymous(URI server, Path trusted, HttpClient.Version version) {
    return new ApiClient(server, client(Trust.in(trusted), version), List.of());
  }

  /** With a bearer token. */
  static ApiClient withToken(URI server, Path trusted, String token, HttpClient.Version version) {
    return new ApiClient(
        server, client(Trust.in(trusted), version), List.of("Authorization", "Bearer " + token));
  }

  /** With a client certificate; the key is in PEM. */
  static ApiClient withCertificate(
      URI server, Path trusted, Path certificate, Path key, HttpClient.Version version) {
    return new ApiClient(server, client(context(trusted, certificate, key), version), List.of());
  }

  /**
   * Sends a request and does not wait.
   *
   * @param target path and query
   * @param body nothing is sent if empty; JSON, unless the headers say otherwise
   */
  <T> CompletableFuture<HttpResponse<T>> send(
      String method,
      String target,
      String body,
      Map<String, String> headers,
      HttpResponse.BodyHandler<T> handler) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + target))
            .timeout(Duration.ofSeconds(60))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty() && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    if (!credential.isEmpty()) {
      request.header(credential.get(0), credential.get(1));
    }
    headers.forEach(request::header);
    return http.sendAsync(request.build(), handler);
  }

  /** GET of a whole body. */
  CompletableFuture<HttpResponse<String>> get(String target) {
    return send("GET", target, "", Map.of(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpClient client(SSLContext context, HttpClient.Version version) {
    return HttpClient.newBuilder()
        .sslContext(context)
        .version(version)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(60))
        .build();
  }

  /** Trusts those of one file, and presents another one. */
  static SSLContext context(Path trusted, Path certificate, Path key) {
    try {
      KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, NO_PASSWORD);
      own.setKeyEntry(
          "own", key(key), NO_PASSWORD, new X509Certificate[] {certificate(certificate)});
      keyManagers.init(own, NO_PASSWORD);
      return Trust.in(trusted, keyManagers.getKeyManagers());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      Object read = parser.readObject();
      return new JcaPEMKeyConverter()
          .getPrivateKey(
              read instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : (PrivateKeyInfo) read);
    }
  }
}
