package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.headers.HttpHeaders;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class StreamHeadsIT {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Promise<HttpServerRequest> requested = Promise.promise();
  private HttpClient client;

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void leavesNettysMapsOfNeitherStream() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerRequest request = await(requested.future());
    List<MultiMap> heads =
        List.of(
            request.headers(),
            request.response().headers(),
            answer.request().headers(),
            answer.headers());
    assertThat(heads).noneMatch(StreamHeadsIT::isDropped);

    drop(request, answer);

    assertThat(heads).allMatch(StreamHeadsIT::isDropped);
    assertThat(request.authority()).isNull();
  }

  @Test
  void letsTheBodyPassAndEnd() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerRequest request = await(requested.future());

    drop(request, answer);
    Future<Void> ended = request.response().write("half ").compose(on -> request.response().end());
    answer.resume();

    assertThat(await(answer.body()).toString()).isEqualTo("half ");
    await(ended);
  }

  @Test
  void stillTellsOfAReset() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerRequest request = await(requested.future());
    Promise<Throwable> atTheServer = Promise.promise();
    request.response().exceptionHandler(atTheServer::tryComplete);

    drop(request, answer);
    answer.request().reset(ErrorCodes.CANCEL);

    assertThat(await(atTheServer.future())).isNotNull();
  }

  @Test
  void keepsThoseOfHttp1Usable() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_1_1);
    HttpServerRequest request = await(requested.future());

    drop(request, answer);

    assertThat(request.headers().add("name", "value").get("name")).isEqualTo("value");
  }

  private static boolean isDropped(MultiMap headers) {
    return ((HttpHeaders) headers).unwrap() == EmptyHttp2Headers.INSTANCE;
  }

  /** In another turn, as of a stream whose heads are there: both are of one event loop. */
  private void drop(HttpServerRequest request, HttpClientResponse answer) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        now -> {
          StreamHeads.drop(request, answer.request(), answer);
          done.complete();
        });
    await(done.future());
  }

  /** Paused; the response's head has been written. */
  private HttpClientResponse answer(HttpVersion version) {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  request.response().setChunked(true).putHeader("kind", "lasting").writeHead();
                  requested.complete(request);
                });
    await(server.listen(0, "127.0.0.1"));
    client = // held, as Vert.x closes a client nobody holds
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    return await(
        client
            .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
            .compose(HttpClientRequest::send)
            .map(HttpClientResponse::pause)
            .map(HttpClientResponse.class::cast));
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
