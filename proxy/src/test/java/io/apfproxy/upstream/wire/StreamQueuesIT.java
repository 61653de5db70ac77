package io.apfproxy.upstream.wire;

import static io.apfproxy.upstream.wire.HalfAnswered.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.Field;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class StreamQueuesIT {
  private static final int PIECES = 3_000;

  private HalfAnswered half;
  private HttpServerResponse response;
  private HttpClientResponse answer;

  private void begin(HttpVersion version) {
    half = new HalfAnswered(version);
    response = half.request().response();
    answer = half.answer();
  }

  @AfterEach
  void close() {
    half.close();
  }

  @Test
  void makesThoseOfBothSidesSmall() {
    begin(HttpVersion.HTTP_2);
    assertThat(queue(response)).isNotInstanceOf(ConcurrentLinkedQueue.class);
    assertThat(queue(answer)).isNotInstanceOf(ConcurrentLinkedQueue.class);

    half.onLoop(() -> StreamQueues.shrink(response, answer));

    assertThat(queue(response)).isInstanceOf(ConcurrentLinkedQueue.class);
    assertThat(queue(answer)).isInstanceOf(ConcurrentLinkedQueue.class);
  }

  @Test
  void keepsTheOrderOfWhatWaitsForItsClient() {
    begin(HttpVersion.HTTP_2);
    String all = IntStream.range(0, PIECES).mapToObj(this::piece).collect(Collectors.joining());

    half.onLoop(
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
    begin(HttpVersion.HTTP_2);

    half.onLoop(
        () -> {
          IntStream.range(0, PIECES).mapToObj(this::piece).forEach(response::write);
          StreamQueues.shrink(response, answer);
        });

    assertThat(queue(response)).isNotInstanceOf(ConcurrentLinkedQueue.class);
  }

  @Test
  void leavesHttp1Alone() {
    begin(HttpVersion.HTTP_1_1);

    half.onLoop(() -> StreamQueues.shrink(response, answer));

    half.onLoop(() -> response.end("whole"));
    Future<Buffer> body = answer.body();
    answer.resume();
    assertThat(await(body).toString()).isEqualTo("whole");
  }

  private String piece(int number) {
    return number + " ".repeat(100) + "\n";
  }

  private static Object queue(Object of) {
    try {
      return get(get(get(get(of, "stream"), "outboundQueue"), "mqp"), "queue");
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
}
