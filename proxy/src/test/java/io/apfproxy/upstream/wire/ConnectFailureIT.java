package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.HeaderLines;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What real connections fail with, and what is made of it. */
@Tag("L-90")
@Tag("L-91")
@Tag("S84")
class ConnectFailureIT {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** What a request and an upgrade fail with there. */
  private List<Throwable> failures(String server, String authority) {
    MemberConnections member =
        new MemberConnections(
            vertx,
            () -> new UpstreamConfig(URI.create(server), authority, false, null, null, null),
            new Reporter() {});
    Outgoing request =
        new Outgoing(
            "GET",
            "/api",
            new HeaderLines(),
            new Sender(Credential.NONE, false, null, List.of()),
            "127.0.0.1",
            null,
            "audit",
            "",
            false,
            LaneKind.SMALL,
            false,
            List.of());
    Future<Throwable> ofRequest = failure(() -> member.open(request, () -> true));
    Future<Throwable> ofUpgrade = failure(() -> member.dial(Credential.NONE));
    return List.of(get(ofRequest), get(ofUpgrade));
  }

  private Future<Throwable> failure(Supplier<Future<?>> attempt) {
    Promise<Throwable> failure = Promise.promise();
    context.runOnContext(
        now -> attempt.get().onComplete(got -> failure.fail("opened: " + got), failure::complete));
    return failure.future();
  }

  private List<Throwable> failures(int port) {
    return failures("https://127.0.0.1:" + port, FakeUpstream.authorityPem());
  }

  private static void expectNobody(List<Throwable> failures) {
    assertThat(failures).hasSize(2).allMatch(ConnectFailure::isNobodyThere);
  }

  @Test
  void findsNobodyWhereNobodyListens() {
    expectNobody(failures(1)); // which nobody else is given meanwhile
  }

  @Test
  void findsNobodyWhereConnectionsAreResetAtOnce() {
    try (TcpRelay wire = new TcpRelay(1)) {
      wire.cut();
      expectNobody(failures(wire.port()));
    }
  }

  @Test
  void findsNobodyWhereTheyAreClosedAtOnceAsByABalancerWithoutServers() {
    NetServer closing =
        get(vertx.createNetServer().connectHandler(NetSocket::close).listen(0, "127.0.0.1"));
    expectNobody(failures(closing.actualPort()));
  }

  @Test
  void findsNobodyWhereNobodyShakesHands() {
    NetServer silent =
        get(vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
    expectNobody(failures(silent.actualPort()));
  }

  @Test
  void findsNobodyByANameThatNobodyKnows() {
    expectNobody(failures("https://nobody.invalid:6443", FakeUpstream.authorityPem()));
  }

  @Test
  void findsSomebodyWhoseCertificateIsNotBelieved() {
    try (FakeUpstream upstream =
        FakeUpstream.http(vertx, request -> {}, HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)) {
      assertThat(
              failures("https://127.0.0.1:" + upstream.port(), TestAuthority.named("other").pem()))
          .hasSize(2)
          .noneMatch(ConnectFailure::isNobodyThere);
    }
  }

  @Test
  void findsSomebodyWhoSpeaksNoTls() {
    HttpServer plain =
        get(
            vertx
                .createHttpServer(new HttpServerOptions())
                .requestHandler(request -> request.response().end())
                .listen(0, "127.0.0.1"));
    assertThat(failures(plain.actualPort())).noneMatch(ConnectFailure::isNobodyThere);
  }

  @Test
  void saysNothingOfTheUpstreamWhereAConnectionEndedThatStood() {
    HttpClosedException gone = new HttpClosedException("Connection was closed");
    assertThat(ConnectFailure.isNobodyThere(gone)).isFalse();
    assertThat(ConnectFailure.isConnectionGone(gone)).isTrue();
    assertThat(ConnectFailure.isConnectionGone(new ConnectException("refused"))).isFalse();
  }

  @Test
  void saysNothingOfTheUpstreamForWantOfTimeOrRoomOfOurOwn() {
    StreamOpener slow = new StreamOpener(vertx, 10);
    var unused = slow.open(() -> Promise.<HttpClientRequest>promise().future(), () -> true);
    Future<?> tooLate = slow.open(Future::succeededFuture, () -> true);
    await().until(tooLate::failed);
    assertThat(
            List.of(
                tooLate.cause(),
                new ConnectException("connect(..) failed: Cannot assign requested address"),
                new IOException("Too many open files")))
        .noneMatch(ConnectFailure::isNobodyThere);
  }
}
