package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients whose hello is odd. */
@Tag("S20")
class HandshakeIT {
  private final Vertx vertx = Vertx.vertx();
  private FakeUpstream upstream;
  private TestProxy proxy;

  @BeforeEach
  void start() {
    upstream =
        FakeUpstream.http(vertx, request -> request.response().end("ok"), HttpVersion.HTTP_2);
    proxy = new TestProxy(vertx, upstream.port());
  }

  @AfterEach
  void stop() {
    proxy.close();
    upstream.close();
    get(vertx.close());
  }

  private TlsClient client() {
    return new TlsClient(proxy.port()).timeout(Duration.ofSeconds(60));
  }

  private static String ask(SSLSocket connection) throws IOException {
    connection
        .getOutputStream()
        .write(
            "GET /api HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void servesAClientWhoseHelloComesByteByByte() throws IOException {
    try (SSLSocket connection = client().records(1, Duration.ZERO).connect()) {
      assertThat(ask(connection)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void presentsTheSameCertificateWhateverServerIsNamed() throws IOException {
    Certificate usual;
    try (SSLSocket connection = client().connect()) {
      usual = connection.getSession().getPeerCertificates()[0];
    }
    for (int i = 0; i < 20; i++) {
      try (SSLSocket connection = client().serverName("name" + i + ".example").connect()) {
        assertThat(connection.getSession().getPeerCertificates()[0]).isEqualTo(usual);
        assertThat(ask(connection)).startsWith("HTTP/1.1 200");
      }
    }
  }
}
