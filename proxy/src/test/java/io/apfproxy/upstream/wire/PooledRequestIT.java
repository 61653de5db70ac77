package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Depends on internal classes of Vert.x: an update that changes them must fail here. */
class PooledRequestIT {
  private static final int STREAMS = 3;

  /** More than one connection bears at a time. */
  private static final int MANY = 20;

  private static final Outgoing REQUEST =
      PlainRequest.by(
          new Sender(Credential.NONE, false, Map.entry("X-Remote-User", "somebody"), List.of()));

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final Set<HttpConnection> used = new HashSet<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private <T> T onLoop(Supplier<Future<T>> step) {
    Promise<T> result = Promise.promise();
    loop.runOnContext(now -> step.get().onComplete(result));
    return get(result.future());
  }

  /** Bears few at a time. */
  private HttpServer server(Handler<HttpServerRequest> handler, HttpVersion version) {
    TestCertificate own = FakeUpstream.certificate();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(version))
            .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(own.certificatePem()))
                    .addKeyValue(Buffer.buffer(own.keyPem())));
    return get(vertx.createHttpServer(options).requestHandler(handler).listen(0, "127.0.0.1"));
  }

  private MemberConnections to(HttpServer upstream) {
    UpstreamConfig config =
        new UpstreamConfig(
            URI.create("https://127.0.0.1:" + upstream.actualPort()),
            FakeUpstream.authorityPem(),
            false,
            null,
            null,
            null);
    return new MemberConnections(vertx, () -> config, new Reporter() {});
  }

  private Future<HttpClientRequest> open(MemberConnections member) {
    return member.open(REQUEST, () -> true).onSuccess(opened -> used.add(opened.connection()));
  }

  private Future<Integer> ask(MemberConnections member) {
    return open(member)
        .compose(HttpClientRequest::send)
        .compose(answer -> answer.body().map(answer.statusCode()));
  }

  @Test
  void givesItsPlaceBackThoughItWasResetBeforeItBegan() {
    HttpServer upstream = server(request -> request.response().end(), HttpVersion.HTTP_2);
    MemberConnections member = to(upstream);
    for (int i = 0; i < MANY; i++) {
      onLoop(
          () ->
              open(member)
                  .compose(
                      opened -> {
                        opened.exceptionHandler(told -> {});
                        return opened.reset(ErrorCodes.CANCEL);
                      }));
    }

    assertThat(onLoop(() -> ask(member))).isEqualTo(200);
    assertThat(used).hasSize(1);
    onLoop(member::close);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void givesItsPlaceBackWhenItHasBeenAnswered(HttpVersion version) {
    HttpServer upstream = server(request -> request.response().end("whole"), version);
    MemberConnections member = to(upstream);
    for (int i = 0; i < MANY; i++) {
      assertThat(onLoop(() -> ask(member))).isEqualTo(200);
    }

    assertThat(used).hasSize(1);
    onLoop(member::close);
  }

  @Test
  void sharesConnectionsAsFarAsTheyBearIt() {
    Promise<Void> all = Promise.promise();
    HttpServer upstream =
        server(
            request -> all.future().onComplete(any -> request.response().end()),
            HttpVersion.HTTP_2);
    MemberConnections member = to(upstream);
    List<Future<HttpClientResponse>> asked = new ArrayList<>();
    for (int i = 0; i < 3 * STREAMS; i++) {
      onLoop(
          () ->
              open(member)
                  .map(
                      opened -> {
                        asked.add(opened.send());
                        return 0;
                      }));
    }
    all.complete();

    asked.forEach(one -> assertThat(get(one).statusCode()).isEqualTo(200));
    assertThat(used).hasSize(3);
    onLoop(member::close);
  }

  @Test
  void hasAConnectionWithRoomForManyWhoAreNotRead() {
    HttpServer upstream = server(request -> request.response().end(), HttpVersion.HTTP_2);
    MemberConnections member = to(upstream);
    assertThat(onLoop(() -> ask(member))).isEqualTo(200);

    assertThat(used)
        .singleElement()
        .extracting(HttpConnection::getWindowSize)
        .isEqualTo(LaneConnections.CONNECTION_WINDOW);
    onLoop(member::close);
  }

  @Test
  void goesOverAnotherConnectionWhereOneIsToBeClosed() {
    HttpServer upstream =
        server(
            request -> request.response().putHeader("Connection", "close").end(),
            HttpVersion.HTTP_1_1);
    MemberConnections member = to(upstream);
    assertThat(onLoop(() -> ask(member))).isEqualTo(200);
    assertThat(onLoop(() -> ask(member))).isEqualTo(200);

    assertThat(used).hasSize(2);
    onLoop(member::close);
  }

  @Test
  void goesOverAnotherConnectionWhereOneGoesAwayAndLosesNoAnswer() {
    Promise<Void> second = Promise.promise();
    AtomicBoolean gone = new AtomicBoolean();
    HttpServer upstream =
        server(
            request -> {
              if (gone.getAndSet(true)) {
                request.response().end();
              } else {
                var unused = request.connection().shutdown(60, TimeUnit.SECONDS);
                second.future().onComplete(any -> request.response().end());
              }
            },
            HttpVersion.HTTP_2);
    MemberConnections member = to(upstream);
    Promise<HttpClientResponse> first = Promise.promise();
    onLoop(
        () ->
            open(member)
                .compose(
                    opened -> {
                      Future<Long> told = ToldToGo.on(opened.connection());
                      opened.send().onComplete(first);
                      return told;
                    }));

    assertThat(onLoop(() -> ask(member))).isEqualTo(200);
    second.complete();

    assertThat(get(first.future()).statusCode()).isEqualTo(200);
    assertThat(used).hasSize(2);
    onLoop(member::close);
  }
}
