package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeUnit;

/**
 * A request of Vert.x' client to its server, both on one event loop, of which the head of the
 * response has been written and its body is to come.
 */
final class HalfAnswered implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpClientAgent client; // held, as Vert.x closes a client nobody holds
  private final HttpServerRequest request;
  private final HttpClientResponse answer;

  HalfAnswered(HttpVersion version) {
    Promise<HttpServerRequest> requested = Promise.promise();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                arrived -> {
                  arrived.response().setChunked(true).putHeader("kind", "lasting").writeHead();
                  requested.complete(arrived);
                });
    await(server.listen(0, "127.0.0.1"));
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    answer =
        await(
            client
                .connect(new HttpConnectOptions().setHost("127.0.0.1").setPort(server.actualPort()))
                .compose(one -> one.request(new RequestOptions().setURI("/")))
                .compose(HttpClientRequest::send)
                .map(HttpClientResponse::pause)
                .map(HttpClientResponse.class::cast));
    request = await(requested.future());
  }

  /** At the server. */
  HttpServerRequest request() {
    return request;
  }

  /** At the client; paused. */
  HttpClientResponse answer() {
    return answer;
  }

  /** Does it in another turn of their event loop, as of a stream whose heads are there. */
  void onLoop(Runnable step) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        now -> {
          try {
            step.run();
            done.complete();
          } catch (RuntimeException | Error e) {
            done.fail(e);
          }
        });
    await(done.future());
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
