package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S89: the proxy's own calls, when its certificate changes. */
@Tag("S89")
class UpstreamAccessIT {
  private static final TestAuthority CLIENTS = TestAuthority.named("clients");

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  /** Tells everybody with a certificate of {@link #CLIENTS} who it is. */
  private int whoami() throws Exception {
    TestCertificate own = FakeUpstream.certificate();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(CLIENTS.pem())))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(own.certificatePem()))
                    .addKeyValue(Buffer.buffer(own.keyPem())));
    return vertx
        .createHttpServer(options)
        .requestHandler(request -> request.response().end(name(request)))
        .listen(0, "127.0.0.1")
        .await(60, TimeUnit.SECONDS)
        .actualPort();
  }

  private static String name(HttpServerRequest request) {
    try {
      X509Certificate leaf = (X509Certificate) request.connection().peerCertificates().get(0);
      return leaf.getSubjectX500Principal().getName();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void presentsTheNewCertificateAndBelievesTheNewAuthority() throws Exception {
    CLIENTS.leaf("old").forClients().issue().write(folder, "own");
    Files.writeString(folder.resolve("ca.crt"), FakeUpstream.authorityPem());
    Path config =
        Files.writeString(
            folder.resolve("config"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}}]
            users: [{name: u, user: {client-certificate: own.crt, client-key: own.key}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
                .formatted(whoami()));
    try (UpstreamAccess access =
        UpstreamAccess.open(new UpstreamAccess.Sources(config, null, null, null, null))) {
      KubernetesClient client = access.client();
      assertThat(client.raw("/")).isEqualTo("CN=old");

      CLIENTS.leaf("new").forClients().issue().write(folder, "own");
      access.reload();
      assertThat(client.raw("/")).isEqualTo("CN=new");

      access.reload(); // closes the client that presented the old one
      assertThat(client.raw("/")).isEqualTo("CN=new");

      Files.writeString(folder.resolve("ca.crt"), TestAuthority.named("another").pem());
      access.reload();
      assertThatThrownBy(() -> client.raw("/")).isInstanceOf(KubernetesClientException.class);
    }
  }
}
