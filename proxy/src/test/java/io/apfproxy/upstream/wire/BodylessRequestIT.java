package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Depends on what Vert.x does with a request that is paused: an update that changes it must fail
 * here.
 */
final class BodylessRequestIT {
  private static final String COME = "come";
  private static final String NOT_YET = "not yet";

  private final Vertx vertx = Vertx.vertx();
  private HttpClient client;

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @Test
  void isKnownToBeOneWhileItIsPaused() {
    assertThat(ask(HttpVersion.HTTP_2, HttpMethod.GET, HttpClientRequest::send)).isEqualTo(COME);
  }

  @Test
  void isNoneWhoseBodyCameWithIt() {
    assertThat(ask(HttpVersion.HTTP_2, HttpMethod.POST, request -> request.send("body")))
        .isEqualTo(NOT_YET);
  }

  @Test
  void isNoneWhoseEndIsStillToCome() {
    Function<HttpClientRequest, Future<HttpClientResponse>> head =
        request -> {
          request.response().onComplete(answered -> request.end());
          return request.writeHead().compose(sent -> request.response());
        };

    assertThat(ask(HttpVersion.HTTP_2, HttpMethod.GET, head)).isEqualTo(NOT_YET);
  }

  @Test
  void isNotAskedForInHttp1() {
    assertThat(ask(HttpVersion.HTTP_1_1, HttpMethod.GET, HttpClientRequest::send))
        .isEqualTo(NOT_YET);
  }

  private String ask(
      HttpVersion version,
      HttpMethod method,
      Function<HttpClientRequest, Future<HttpClientResponse>> send) {
    client = // held, as Vert.x closes a client nobody holds
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    Buffer answer =
        get(
            client
                .request(method, listen(), "127.0.0.1", "/")
                .compose(send)
                .compose(HttpClientResponse::body));
    return answer.toString();
  }

  private int listen() {
    return get(vertx.createHttpServer().requestHandler(this::answerLater).listen(0, "127.0.0.1"))
        .actualPort();
  }

  /** When all that was read with it has been decoded. */
  private void answerLater(HttpServerRequest request) {
    request.pause();
    vertx.runOnContext(
        turn -> request.response().end(NettyHttp2.hasComeWithoutBody(request) ? COME : NOT_YET));
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
