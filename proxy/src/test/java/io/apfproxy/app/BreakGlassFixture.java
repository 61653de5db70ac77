package io.apfproxy.app;

import io.apfproxy.Trust;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.realcluster.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole proxy with a break-glass listener, before an upstream where {@code on-call} may do
 * everything; and who comes by that listener.
 */
abstract class BreakGlassFixture {
  static final Duration LONG = Duration.ofSeconds(60);
  static final TestAuthority ADMINS = TestAuthority.named("admins");
  static final TestCertificate ANN =
      ADMINS.leaf("ann").organization("on-call").forClients().issue();

  final int port = FreePort.find();
  @TempDir Path directory;
  EmbeddedApiServer upstream;
  @Nullable ProxyApp proxy;

  /** Java closes the connections of one that nobody holds. */
  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeEach
  void startUpstream() throws IOException {
    upstream =
        EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
            .user("alice")
            .allow("alice", "*", "*")
            .allow("on-call", "*", "*")
            .start();
    Files.writeString(directory.resolve("admins.crt"), ADMINS.pem());
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
    upstream.close();
  }

  void start(String... more) throws Exception {
    proxy = LocalProxy.start(options(more));
  }

  ProxyOptions options(String... more) throws Exception {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--break-glass-port=" + port,
                "--break-glass-client-ca-file=" + directory.resolve("admins.crt"),
                "--break-glass-groups=on-call"));
    flags.addAll(List.of(more));
    return LocalProxy.options(upstream.adminKubeconfig(), directory, flags.toArray(String[]::new));
  }

  /** Flags by which upstream is told in request headers. */
  String[] asFrontProxy() {
    Path folder = directory.resolve("upstream");
    return new String[] {
      "--proxy-client-cert-file=" + folder.resolve("front-proxy-client.crt"),
      "--proxy-client-key-file=" + folder.resolve("front-proxy-client.key")
    };
  }

  URI url(String path) {
    return URI.create("https://localhost:" + port + path);
  }

  HttpClient client(TestCertificate own, HttpClient.Version version) {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(Trust.in(proxy.certificateAuthority(), own.keyManagers().getKeyManagers()))
            .version(version)
            .build();
    clients.add(client);
    return client;
  }

  HttpResponse<String> get(TestCertificate own, String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url(path)).timeout(LONG);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client(own, HttpClient.Version.HTTP_2).send(request.build(), BodyHandlers.ofString());
  }

  TlsClient tls(@Nullable ClientChain chain) {
    return new TlsClient(port, chain).timeout(LONG);
  }

  /** The status line's code; -1 if the connection ends without one. */
  static int code(TlsClient client, String... lines) {
    try (SSLSocket socket = client.connect()) {
      String head = "GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\n";
      socket
          .getOutputStream()
          .write(
              (head + String.join("\r\n", lines) + (lines.length == 0 ? "\r\n" : "\r\n\r\n"))
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return start.length < 12
          ? -1
          : Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII));
    } catch (java.net.SocketTimeoutException e) {
      throw new IllegalStateException("neither answered nor ended", e);
    } catch (IOException e) {
      return -1;
    }
  }

  double metric(String series) throws Exception {
    return LocalProxy.metric(proxy, series);
  }

  double requests(String code) throws Exception {
    return metric("apf_proxy_break_glass_requests_total{code=\"" + code + "\"}");
  }
}
