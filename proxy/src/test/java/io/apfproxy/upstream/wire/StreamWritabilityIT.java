package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class StreamWritabilityIT {
  private final Vertx vertx = Vertx.vertx();
  private HttpClient client;

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void looksAfterBothEndsOfAnHttp2Connection() {
    assertThat(connect(HttpVersion.HTTP_2)).allMatch(StreamWritabilityIT::watched);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_0", "HTTP_1_1"})
  void leavesHttp1Alone(HttpVersion version) {
    assertThat(connect(version)).noneMatch(StreamWritabilityIT::watched);
  }

  /** The two ends of one connection. */
  private List<HttpConnection> connect(HttpVersion version) throws CompletionException {
    CompletableFuture<HttpConnection> accepted = new CompletableFuture<>();
    CompletableFuture<HttpConnection> connected = new CompletableFuture<>();
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection -> {
                  StreamWritability.watch(connection);
                  accepted.complete(connection);
                })
            .requestHandler(request -> request.response().end());
    server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    client = // held, as Vert.x closes a client nobody holds
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false))
            .withConnectHandler(
                connection -> {
                  StreamWritability.watch(connection);
                  connected.complete(connection);
                })
            .build();
    client
        .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
        .compose(request -> request.send())
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    return List.of(accepted.join(), connected.join());
  }

  private static boolean watched(HttpConnection connection) {
    return ((ConnectionBase) connection).channel().pipeline().get(StreamWritability.class) != null;
  }
}
