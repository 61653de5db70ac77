package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.Field;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class StreamQueuesIT {
  private static final int PIECES = 3_000;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Promise<HttpServerResponse> responding = Promise.promise();
  private HttpClient client;

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void makesThoseOfBothSidesSmall() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerResponse response = await(responding.future());
    assertThat(queue(response)).isNotInstanceOf(ConcurrentLinkedQueue.class);
    assertThat(queue(answer)).isNotInstanceOf(ConcurrentLinkedQueue.class);

    onLoop(() -> StreamQueues.shrink(response, answer));

    assertThat(queue(response)).isInstanceOf(ConcurrentLinkedQueue.class);
    assertThat(queue(answer)).isInstanceOf(ConcurrentLinkedQueue.class);
  }

  @Test
  void keepsTheOrderOfWhatWaitsForItsClient() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerResponse response = await(responding.future());
    String all = IntStream.range(0, PIECES).mapToObj(this::piece).collect(Collectors.joining());

    onLoop(
        () -> {
          StreamQueues.shrink(response, answer);
          IntStream.range(0, PIECES).mapToObj(this::piece).forEach(response::write);
          assertThat(response.writeQueueFull()).isTrue();
          response.end();
        });
    Future<Buffer> body = answer.body();
    answer.resume();

    assertThat(await(body).toString()).isEqualTo(all);
  }

  @Test
  void keepsThatOfAStreamForWhichSomethingWaits() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_2);
    HttpServerResponse response = await(responding.future());

    onLoop(
        () -> {
          IntStream.range(0, PIECES).mapToObj(this::piece).forEach(response::write);
          StreamQueues.shrink(response, answer);
        });

    assertThat(queue(response)).isNotInstanceOf(ConcurrentLinkedQueue.class);
  }

  @Test
  void leavesHttp1Alone() {
    HttpClientResponse answer = answer(HttpVersion.HTTP_1_1);
    HttpServerResponse response = await(responding.future());

    onLoop(() -> StreamQueues.shrink(response, answer));

    onLoop(() -> response.end("whole"));
    answer.resume();
    assertThat(await(answer.body()).toString()).isEqualTo("whole");
  }

  private String piece(int number) {
    return number + " ".repeat(100) + "\n";
  }

  /** Paused; the response's head has been written. */
  private HttpClientResponse answer(HttpVersion version) {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  request.response().setChunked(true).writeHead();
                  responding.complete(request.response());
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

  private void onLoop(Runnable step) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        now -> {
          try {
            step.run();
            done.complete();
          } catch (RuntimeException | AssertionError e) {
            done.fail(e);
          }
        });
    await(done.future());
  }

  private static Object queue(Object of) {
    try {
      Object stream = get(of, "stream");
      Object under =
          stream.getClass().getSimpleName().startsWith("Statistics")
              ? get(stream, "delegate")
              : stream;
      return get(get(get(under, "outboundQueue"), "mqp"), "queue");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Vert.x has other fields", e);
    }
  }

  private static Object get(Object of, String name) throws ReflectiveOperationException {
    for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(of);
        }
      }
    }
    throw new NoSuchFieldException(name);
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
