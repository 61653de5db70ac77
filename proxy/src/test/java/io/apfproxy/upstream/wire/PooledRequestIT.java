package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter;
import io.netty.handler.codec.http2.Http2Connection;
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
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

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
    return server(handler, version, STREAMS);
  }

  private HttpServer server(Handler<HttpServerRequest> handler, HttpVersion version, int streams) {
    TestCertificate own = FakeUpstream.certificate();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(version))
            .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(streams))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(own.certificatePem()))
                    .addKeyValue(Buffer.buffer(own.keyPem())));
    return get(
        vertx
            .createHttpServer(options)
            .requestHandler(handler)
            .connectionHandler(
                connection -> {
                  accepted.incrementAndGet();
                  connection.closeHandler(gone -> closed.incrementAndGet());
                })
            .listen(0, "127.0.0.1"));
  }

  private MemberConnections to(HttpServer upstream) {
    return to(upstream.actualPort());
  }

  private MemberConnections to(int port) {
    UpstreamConfig config =
        new UpstreamConfig(
            URI.create("https://127.0.0.1:" + port),
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

  /** As the connection was told to go away since, or to bear fewer. */
  @Test
  void givesItsPlaceBackThoughItCouldNotBegin() {
    HttpServer upstream = server(request -> request.response().end(), HttpVersion.HTTP_2);
    MemberConnections member = to(upstream);
    for (int i = 0; i < MANY; i++) {
      assertThat(onLoop(() -> open(member).compose(PooledRequestIT::sentInVain))).isTrue();
    }

    assertThat(onLoop(() -> ask(member))).isEqualTo(200);
    assertThat(used).hasSize(1);
    onLoop(member::close);
  }

  private static Future<Boolean> sentInVain(HttpClientRequest request) {
    request.exceptionHandler(told -> {});
    Http2Connection.Endpoint<?> local =
        NettyHttp2.handler(request.connection()).connection().local();
    local.maxActiveStreams(0);
    Future<HttpClientResponse> answer = request.send();
    local.maxActiveStreams(STREAMS);
    return answer.transform(result -> Future.succeededFuture(result.failed()));
  }

  @Test
  void isNotGivenWhereANewConnectionBearsNoneAndLeavesNoConnection() {
    HttpServer upstream = server(request -> request.response().end(), HttpVersion.HTTP_2, 0);
    MemberConnections member = to(upstream);
    Future<Integer> asked = onLoop(() -> Future.succeededFuture(ask(member)));

    await().until(asked::isComplete);
    assertThat(asked.failed()).isTrue();
    await().untilAsserted(() -> assertThat(closed).hasPositiveValue().hasValue(accepted.get()));
    onLoop(member::close);
  }

  /** Its connection is somebody else's as soon as all has come, read or not. */
  @Test
  void leavesItsConnectionToTheNextThoughItIsResetLateByWhoDidNotRead() {
    AtomicBoolean unanswered = new AtomicBoolean(true);
    Promise<HttpServerRequest> second = Promise.promise();
    HttpServer upstream =
        server(
            request -> {
              if (unanswered.getAndSet(false)) {
                request.response().end("unread");
              } else {
                second.complete(request);
              }
            },
            HttpVersion.HTTP_1_1);
    MemberConnections member = to(upstream);
    HttpClientRequest unread = onLoop(() -> open(member));
    unread.exceptionHandler(told -> {});
    onLoop(() -> unread.send().map(HttpClientResponse::pause));
    Future<Integer> next = onLoop(() -> Future.succeededFuture(ask(member)));
    HttpServerRequest asked = get(second.future());

    onLoop(() -> unread.reset(ErrorCodes.CANCEL).otherwiseEmpty());
    asked.response().end();

    assertThat(get(next)).isEqualTo(200);
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

  /** Behind a balancer, say, that takes no new connection on for a while. */
  @Test
  @Tag("S84")
  void isGivenWhereOneHasEndedThoughNoOtherConnectionCanBeMade() {
    Deque<HttpServerRequest> held = new ConcurrentLinkedDeque<>();
    HttpServer upstream = server(held::add, HttpVersion.HTTP_2);
    AtomicInteger dialled = new AtomicInteger();
    NetClient there = vertx.createNetClient();
    NetServer balancer =
        get(
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      if (dialled.incrementAndGet() == 1) {
                        passOn(socket, there, upstream.actualPort());
                      }
                    })
                .listen(0, "127.0.0.1"));
    MemberConnections member = to(balancer.actualPort());
    List<Future<Integer>> asked = new ArrayList<>();
    Runnable ask = () -> asked.add(onLoop(() -> Future.succeededFuture(ask(member))));
    for (int i = 0; i < STREAMS + 3; i++) {
      ask.run();
    }
    await().until(() -> held.size() == STREAMS && dialled.get() == 3); // and no fourth

    held.remove().response().end();
    await().until(() -> held.size() == STREAMS);
    while (!held.isEmpty()) {
      held.remove().response().end();
    }
    await().until(() -> asked.stream().filter(Future::succeeded).count() == STREAMS + 1);
    ask.run();
    await().until(() -> held.size() == 1);

    assertThat(asked).noneMatch(Future::failed);
    assertThat(dialled).hasValue(3);
  }

  private static void passOn(NetSocket client, NetClient by, int port) {
    client.pause();
    by.connect(port, "127.0.0.1")
        .onSuccess(
            server -> {
              client.pipeTo(server);
              server.pipeTo(client);
            });
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
