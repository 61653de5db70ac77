package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class GatheredFlushesIT {
  private static final int REQUESTS = 8;

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<HttpConnection> accepted = new CompletableFuture<>();
  private final List<HttpServerRequest> waiting = new ArrayList<>();
  private HttpClient client;

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void allResponsesOfOneTurnArrive() {
    List<Buffer> bodies = ask(listen(this::answerAllInOneTurn), HttpVersion.HTTP_2, REQUESTS);

    assertThat(bodies).hasSize(REQUESTS).allMatch(body -> body.toString().equals("answer"));
  }

  @Test
  void whatWasWrittenLeavesBeforeItsConnectionCloses() {
    List<Buffer> bodies =
        ask(
            listen(
                request -> {
                  request.response().end("answer");
                  request.connection().close();
                }),
            HttpVersion.HTTP_2,
            1);

    assertThat(bodies).hasSize(1).allMatch(body -> body.toString().equals("answer"));
  }

  @Test
  void leavesHttp1Alone() {
    ask(listen(request -> request.response().end()), HttpVersion.HTTP_1_1, 1);

    assertThat(((ConnectionBase) accepted.join()).channel().pipeline().get(GatheredFlushes.class))
        .isNull();
  }

  private void answerAllInOneTurn(HttpServerRequest request) {
    waiting.add(request);
    if (waiting.size() == REQUESTS) {
      vertx.runOnContext(
          turn -> {
            waiting.forEach(each -> each.response().end("answer"));
          });
    }
  }

  private int listen(Handler<HttpServerRequest> answer) {
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection -> {
                  GatheredFlushes.on(connection);
                  accepted.complete(connection);
                })
            .requestHandler(answer);
    return server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private List<Buffer> ask(int port, HttpVersion version, int requests) {
    client = // held, as Vert.x closes a client nobody holds
        vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    List<Future<Buffer>> answers =
        Stream.generate(
                () ->
                    client
                        .request(HttpMethod.GET, port, "127.0.0.1", "/")
                        .compose(request -> request.send())
                        .compose(HttpClientResponse::body))
            .limit(requests)
            .toList();
    return answers.stream()
        .map(answer -> answer.toCompletionStage().toCompletableFuture().join())
        .toList();
  }
}
