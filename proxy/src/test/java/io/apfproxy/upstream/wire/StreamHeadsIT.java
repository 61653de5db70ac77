package io.apfproxy.upstream.wire;

import static io.apfproxy.upstream.wire.HalfAnswered.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.headers.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Depends on internal classes of Vert.x: an update that moves them must fail here. */
final class StreamHeadsIT {
  private HalfAnswered half;
  private HttpServerRequest request;
  private HttpClientResponse answer;

  private void begin(HttpVersion version) {
    half = new HalfAnswered(version);
    request = half.request();
    answer = half.answer();
  }

  @AfterEach
  void close() {
    half.close();
  }

  @Test
  void leavesNettysMapsOfNeitherStream() {
    begin(HttpVersion.HTTP_2);
    List<MultiMap> heads =
        List.of(
            request.headers(),
            request.response().headers(),
            answer.request().headers(),
            answer.headers());
    assertThat(heads).noneMatch(StreamHeadsIT::isDropped);

    drop();

    assertThat(heads).allMatch(StreamHeadsIT::isDropped);
    assertThat(request.authority()).isNull();
  }

  @Test
  void letsTheBodyPassAndEnd() {
    begin(HttpVersion.HTTP_2);

    drop();
    Future<Void> ended = request.response().write("half ").compose(on -> request.response().end());
    Future<Buffer> body = answer.body();
    answer.resume();

    assertThat(await(body).toString()).isEqualTo("half ");
    await(ended);
  }

  @Test
  void stillTellsOfAReset() {
    begin(HttpVersion.HTTP_2);
    Promise<Throwable> atTheServer = Promise.promise();
    request.response().exceptionHandler(atTheServer::tryComplete);

    drop();
    answer.request().reset(ErrorCodes.CANCEL);

    assertThat(await(atTheServer.future())).isNotNull();
  }

  @Test
  void keepsThoseOfHttp1Usable() {
    begin(HttpVersion.HTTP_1_1);

    drop();

    assertThat(request.headers().add("name", "value").get("name")).isEqualTo("value");
  }

  private static boolean isDropped(MultiMap headers) {
    return ((HttpHeaders) headers).unwrap() == EmptyHttp2Headers.INSTANCE;
  }

  private void drop() {
    half.onLoop(() -> StreamHeads.drop(request, answer.request(), answer));
  }
}
