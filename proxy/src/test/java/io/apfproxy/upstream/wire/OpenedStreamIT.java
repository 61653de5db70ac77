package io.apfproxy.upstream.wire;

import static org.awaitility.Awaitility.await;

import io.apfproxy.report.Reporter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left of a request that was given a stream, once its connection has ended. */
@Tag("S83")
class OpenedStreamIT {
  /** Nobody may wait any longer for a stream, so nothing that does may be the last to know it. */
  private static final Duration SOON =
      Duration.ofMillis(MemberConnections.STREAM_TIMEOUT_MILLIS).minusSeconds(2);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void isForgottenWhenItHasEnded() {
    HttpServer server =
        get(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end())
                .listen(0, "127.0.0.1"));
    URI url = URI.create("http://127.0.0.1:" + server.actualPort());
    WeakReference<HttpConnection> ended = get(ended(url));

    await()
        .atMost(SOON)
        .until(
            () -> {
              System.gc();
              return ended.get() == null;
            });
  }

  private Future<WeakReference<HttpConnection>> ended(URI url) {
    Promise<WeakReference<HttpConnection>> ended = Promise.promise();
    loop.runOnContext(
        turn ->
            new MemberConnections(
                    vertx,
                    () -> new UpstreamConfig(url, null, false, null, null, null),
                    new Reporter() {})
                .open(
                    PlainRequest.by(new Sender(Credential.NONE, false, null, List.of())),
                    () -> true)
                .onComplete(
                    opened -> {
                      ended.complete(new WeakReference<>(opened.connection()));
                      opened.connection().close();
                    },
                    ended::fail));
    return ended.future();
  }
}
