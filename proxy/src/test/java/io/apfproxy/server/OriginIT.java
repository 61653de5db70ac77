package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.load.Origin;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A storm comes from where it is told to: one loopback address has too few ports. */
class OriginIT {
  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> peers = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2"})
  void isWhereRequestsComeFrom(String address) {
    try (FakeUpstream server =
        FakeUpstream.http(
            vertx,
            request -> {
              peers.add(request.remoteAddress().host());
              request.response().end();
            },
            HttpVersion.HTTP_2)) {
      HttpClientOptions options =
          new HttpClientOptions()
              .setSsl(true)
              .setSslHandshakeTimeout(60)
              .setTrustAll(true)
              .setVerifyHost(false)
              .setUseAlpn(true)
              .setProtocolVersion(HttpVersion.HTTP_2);
      HttpClient client = new Origin(address).builder(vertx, options).build();
      get(
          client
              .request(HttpMethod.GET, server.port(), "127.0.0.1", "/")
              .compose(HttpClientRequest::send));
      assertThat(peers).containsExactly(address);
      get(client.close()); // one that nobody holds is closed by the garbage collector
    }
  }

  @Test
  void isWhereConnectionsComeFrom() {
    try (FakeUpstream server =
        FakeUpstream.raw(
            vertx,
            socket -> {
              peers.add(socket.remoteAddress().host());
              socket.close();
            })) {
      NetClientOptions options =
          new NetClientOptions()
              .setSsl(true)
              .setSslHandshakeTimeout(60)
              .setTrustAll(true)
              .setHostnameVerificationAlgorithm("");
      NetClient client = new Origin("127.0.0.2").client(vertx, options);
      get(client.connect(server.port(), "127.0.0.1"));
      org.awaitility.Awaitility.await().until(() -> peers.contains("127.0.0.2"));
      get(client.close());
    }
  }
}
