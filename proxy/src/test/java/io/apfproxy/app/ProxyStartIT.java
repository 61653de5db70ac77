package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.StartException;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the proxy starts, or says why it does not. */
class ProxyStartIT extends AppFixture {
  @Tag("S09")
  @Test
  void refusesToImpersonateWithPowerUnlessTold() throws Exception {
    assertThatThrownBy(() -> start("--allow-privileged-impersonation=false"))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--kubeconfig: found a credential that may read all secrets, expected one that may"
                + " only impersonate; add --allow-privileged-impersonation to use it nevertheless, or"
                + " let nobody be impersonated: --upstream-identity=pass-through, or with a"
                + " front-proxy certificate pass-through,request-header");
  }

  @Test
  void waitsForAnUpstreamThatIsDown() throws Exception {
    upstream.close();

    startBefore(upstream.adminKubeconfig());

    HttpResponse<String> answer = client().send(asAlice(NAMESPACES), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 30L);
    assertThat(answer.body()).contains("\"kind\":\"Status\"");
    assertThat(admin("/livez").statusCode()).isEqualTo(200);
    assertThat(admin("/readyz?verbose").body()).startsWith("[-]upstream failed");
  }

  @Test
  @Tag("S84")
  void isNotReadyIfOnlyItsOwnQuestionsFindTheirWay() throws Exception {
    upstream.close();
    // its own questions have a certificate, requests with a token have none
    upstream =
        EmbeddedApiServer.builder(directory.resolve("upstream"))
            .user("alice")
            .allow("alice", "*", "*")
            .certificatesOnly()
            .start();

    startBefore(upstream.adminKubeconfig());

    assertThat(client().send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(503);
    assertThat(admin("/readyz?verbose").body()).startsWith("[-]upstream failed");
    assertThat(admin("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> start("--secure-port=" + port))
          .isInstanceOf(StartException.class)
          .hasMessage("--secure-port: 127.0.0.1 port " + port + " is in use, expected a free one");
      assertThatThrownBy(() -> start("--admin-port=" + port))
          .isInstanceOf(StartException.class)
          .hasMessage("--admin-port: 127.0.0.1 port " + port + " is in use, expected a free one");
    }
  }

  @Test
  void refusesAnUpstreamThatIsNoKubeApiserver() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port = serverOfSomethingElse(vertx);
      Path kubeconfig = kubeconfig("http://127.0.0.1:" + port);

      assertThatThrownBy(() -> startBefore(kubeconfig, "--allow-insecure-upstream"))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("--kubeconfig: ")
          .hasMessageContaining("http://127.0.0.1:" + port)
          .hasMessageContaining("expected a kube-apiserver");
    } finally {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void refusesAnUpstreamWhoseCertificateIsNotTrusted() throws Exception {
    Path kubeconfig = kubeconfig(upstream.url());

    assertThatThrownBy(() -> startBefore(kubeconfig))
        .isInstanceOf(StartException.class)
        .hasMessageMatching(
            "--kubeconfig: upstream "
                + upstream.url()
                + "/? cannot be reached by TLS \\(.+\\); expected a kube-apiserver");
  }

  @Test
  void refusesAnUpstreamThatDoesNotSpeakTls() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port = serverOfSomethingElse(vertx);

      assertThatThrownBy(() -> startBefore(kubeconfig("https://127.0.0.1:" + port)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("cannot be reached by TLS");
    } finally {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  private static int serverOfSomethingElse(Vertx vertx) throws Exception {
    return vertx
        .createHttpServer()
        .requestHandler(request -> request.response().end("{}"))
        .listen(0, "127.0.0.1")
        .await(60, TimeUnit.SECONDS)
        .actualPort();
  }

  private void startBefore(Path kubeconfig, String... more) throws Exception {
    proxy = ProxyApp.start(LocalProxy.options(kubeconfig, directory, more));
  }

  private Path kubeconfig(String server) throws IOException {
    return Files.writeString(
        directory.resolve("other.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(server));
  }

  @Test
  void tellsHowToGoOn() throws Exception {
    start();

    assertThat(proxy.welcome())
        .contains("https://127.0.0.1:" + proxy.securePort())
        .contains(upstream.url())
        .contains("600 seats")
        .contains("http://127.0.0.1:" + proxy.adminPort() + "/ui/")
        .contains(
            "kubeconfig --kubeconfig "
                + upstream.adminKubeconfig()
                + " --server https://localhost:"
                + proxy.securePort()
                + " --certificate-authority "
                + proxy.certificateAuthority());
  }
}
