package io.apfproxy.app;

import io.apfproxy.Trust;
import io.apfproxy.child.ChildProxy;
import io.apfproxy.child.Ports;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The whole proxy, in the process of the test, before an upstream that knows alice. */
abstract class AppFixture {
  static final String NAMESPACES = "/api/v1/namespaces";

  @TempDir Path directory;
  EmbeddedApiServer upstream;
  ProxyApp proxy;

  /** Java closes the connections of one that nobody holds. */
  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeEach
  void startUpstream() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    EmbeddedApiServer.Builder builder = EmbeddedApiServer.builder(folder);
    users().forEach(user -> builder.user(user).allow(user, "*", "*"));
    upstream = builder.start();
  }

  /** Whom upstream knows, and lets do everything. */
  List<String> users() {
    return List.of("alice");
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
    upstream.close();
  }

  void start(String... more) throws Exception {
    String[] flags =
        Stream.concat(Stream.of("--shutdown-grace=10s"), Stream.of(more)).toArray(String[]::new);
    proxy = LocalProxy.start(LocalProxy.options(upstream.adminKubeconfig(), directory, flags));
  }

  /** With seats that follow upstream, and little to wait for at its end. */
  void startAdaptive(int least, int most, String... more) throws Exception {
    start(
        Stream.concat(
                Stream.of(
                    "--max-requests-inflight=" + (most - 1),
                    "--max-mutating-requests-inflight=1",
                    "--adaptive-seats",
                    "--min-seats=" + least,
                    "--target-delay=1s", // no busy machine is taken for a busy upstream
                    "--shutdown-grace=1s"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  HttpClient client() {
    HttpClient client = LocalProxy.client(proxy, HttpClient.Version.HTTP_2);
    clients.add(client);
    return client;
  }

  HttpRequest asAlice(String path) {
    return as("alice", path);
  }

  HttpRequest as(String user, String path) {
    return as(user, LocalProxy.url(proxy, path));
  }

  private HttpRequest as(String user, URI url) {
    return HttpRequest.newBuilder(url)
        .header("Authorization", "Bearer " + upstream.token(user))
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  HttpResponse<String> admin(String path) throws Exception {
    return LocalProxy.admin(proxy, path);
  }

  /**
   * Starts the jar as a process of its own before the same upstream; to be closed.
   *
   * @param jvm flags of the JVM
   */
  ChildProxy startJar(List<String> jvm, String... flags) {
    Ports ports = Ports.free();
    List<String> command = ChildProxy.java(jvm.toArray(String[]::new));
    command.addAll(
        List.of(
            "-jar",
            ChildProxy.jar(),
            "--kubeconfig=" + upstream.adminKubeconfig(),
            "--allow-privileged-impersonation",
            "--cert-dir=" + directory.resolve("child")));
    command.addAll(ports.flags());
    command.addAll(List.of(flags));
    return ChildProxy.start(new ProcessBuilder(command), ports, null);
  }

  /** Trusts what such a process presents. */
  HttpClient clientOfJar() {
    return HttpClient.newBuilder()
        .sslContext(Trust.in(directory.resolve("child/apf-proxy.crt")))
        .build();
  }

  HttpRequest asAlice(ChildProxy jar, String path) {
    return as("alice", jar.url().resolve(path));
  }
}
