package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that the requests of many clients share. */
class SharedHeadersIT {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> action) {
    Promise<T> result = Promise.promise();
    context.runOnContext(now -> action.get().onComplete(result));
    return result.future();
  }

  @Test
  void keepNoTokenInTheirHeaderTable() {
    try (FakeUpstream server =
        FakeUpstream.http(vertx, request -> request.response().end(), HttpVersion.HTTP_2)) {
      UpstreamConfig config =
          new UpstreamConfig(
              URI.create("https://127.0.0.1:" + server.port()),
              FakeUpstream.authorityPem(),
              false,
              null,
              null,
              null);
      MemberConnections upstream = new MemberConnections(vertx, () -> config, Reporter.NONE);
      for (String token : List.of("Bearer one", "Bearer two", "Bearer one")) {
        HttpClientRequest request = get(onLoop(() -> upstream.open(asking(token), () -> true)));
        request.putHeader("Authorization", token);
        assertThat(get(request.send().compose(HttpClientResponse::end))).isNull();
        assertThat(tableBytes(request.connection())).isZero();
      }
      get(onLoop(upstream::close));
    }
  }

  private static Outgoing asking(String token) {
    return PlainRequest.by(
        new Sender(Credential.NONE, false, null, List.of(Map.entry("Authorization", token))));
  }

  private static long tableBytes(HttpConnection connection) {
    Http2ConnectionHandler http2 = NettyHttp2.handler(connection);
    return http2.encoder().configuration().headersConfiguration().maxHeaderTableSize();
  }
}
