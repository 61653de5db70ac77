package io.apfproxy.app;

import static org.awaitility.Awaitility.await;

import io.apfproxy.Trust;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.UsageException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;

/** The whole proxy on loopback, at ports that are free: how it is started and asked. */
final class LocalProxy {
  private LocalProxy() {}

  /**
   * @param directory for its own certificate
   * @param more flags, which win over those that are always given
   */
  static ProxyOptions options(Path kubeconfig, Path directory, String... more)
      throws UsageException {
    return ProxyOptions.of(
        Stream.concat(
                Stream.of(
                    "--kubeconfig=" + kubeconfig,
                    "--bind-address=127.0.0.1",
                    "--secure-port=0",
                    "--admin-port=0",
                    "--cert-dir=" + directory.resolve("certs"),
                    "--allow-privileged-impersonation",
                    "--shutdown-grace=1s",
                    "--warm-up=0s"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /**
   * Starts one, and waits until it is ready: it may have to ask an upstream again that is slow, and
   * vouches for nobody before.
   */
  static ProxyApp start(ProxyOptions options) throws Exception {
    ProxyApp proxy = ProxyApp.start(options);
    await().until(proxy::isReady);
    return proxy;
  }

  /**
   * @param own what it presents, if it is asked
   */
  static HttpClient client(ProxyApp proxy, HttpClient.Version version, KeyManager... own) {
    return HttpClient.newBuilder()
        .sslContext(Trust.in(proxy.certificateAuthority(), own))
        .version(version)
        .build();
  }

  static URI url(ProxyApp proxy, String path) {
    return URI.create("https://localhost:" + proxy.securePort() + path);
  }

  /** Asks the operators' listener. */
  static HttpResponse<String> admin(ProxyApp proxy, String path) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + proxy.adminPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
  }

  /**
   * Value of a series of the metrics, by its name and labels as they are written; NaN if absent.
   */
  static double metric(ProxyApp proxy, String series) throws Exception {
    return admin(proxy, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElse(Double.NaN);
  }
}
