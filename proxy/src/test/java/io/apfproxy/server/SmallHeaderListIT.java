package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client takes no heads as large as ours: its streams end, and hold nothing. */
@Tag("S37")
class SmallHeaderListIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static void serve(HttpServerRequest request) {
    if (request.uri().contains("watch")) {
      request.response().putHeader("Content-Type", "application/json").setChunked(true);
      request.response().write("{}\n");
    } else if (request.uri().contains("large")) {
      request.response().end(Buffer.buffer(new byte[1 << 20]));
    } else {
      request.response().end("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/version", "/api/v1/pods?watch=true", "/large"})
  void resetsWhatCannotBeAnswered(String target) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setSslHandshakeTimeout(60)
            .setTrustAll(true)
            .setVerifyHost(false)
            .setUseAlpn(true)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setInitialSettings(new Http2Settings().setMaxHeaderListSize(40));
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, SmallHeaderListIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      HttpClient client = vertx.createHttpClient(options);
      Future<Buffer> answer =
          client
              .request(HttpMethod.GET, proxy.port(), "127.0.0.1", target)
              .compose(request -> request.send().compose(response -> response.body()));
      await().atMost(Duration.ofSeconds(60)).until(answer::isComplete);
      assertThat(answer.failed()).isTrue();
      proxy.expectRest();
      get(client.close());
    }
  }
}
