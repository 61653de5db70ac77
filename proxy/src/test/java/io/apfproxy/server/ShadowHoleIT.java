package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.config.Enforcement;
import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.limit.Limiting;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A level in shadow is no hole: it lets pass what it would hold back or refuse, and every other
 * bound stays. Its one seat is held by the first of the requests, so it would hold back all the
 * others. Source: specification seeing.md V-38, V-39, security.md S62.
 */
@Tag("S62")
class ShadowHoleIT extends ForwardingFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int RESETS = 200;
  private static final int EXEMPT_AT_ONCE = 10;
  private static final int READERS = 8;
  private static final int LIST = 16 << 20;
  private static final int BUFFER = 1 << 20;
  private static final int BODY = 3 << 20;

  /** What counts of each body while it waits. */
  private static final int BODY_WINDOW = 128 << 10;

  private static final String WAITING_BODIES = "waiting-body-bytes";
  private static final String TARGET = "/api/v1/pods";
  private static final String WATCH = TARGET + "?watch=true";
  private static final String ROOM = "response-buffer-bytes";
  private static final RequestLimits NONE = RequestLimits.NONE;

  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private ApfFlowControl control;

  /** A proxy whose level is in shadow; it refuses nobody. */
  private void shadow(
      RequestLimits limits, Consumer<HttpServerRequest> upstream, Consumer<TestProxy> test) {
    shadow(vertx, ConnectionLimits.NONE, limits, upstream, test);
  }

  private void shadow(
      Vertx vertx,
      ConnectionLimits connections,
      RequestLimits limits,
      Consumer<HttpServerRequest> upstream,
      Consumer<TestProxy> test) {
    try (FakeUpstream server = FakeUpstream.http(vertx, upstream, HttpVersion.HTTP_2);
        ProxyMetrics metrics = new ProxyMetrics();
        TestProxy proxy =
            TestProxy.before(vertx, server.port())
                .requestTimeout(LONG.multipliedBy(4)) // a quarter of it for who would wait
                .connections(connections)
                .requests(limits)
                .start()) {
      control = OneLevel.of(1, Enforcement.SHADOW, metrics.flow());
      proxy.otherFlowControl = control;
      test.accept(proxy);
      await()
          .atMost(LONG)
          .until(
              () -> {
                held.forEach(ShadowHoleIT::answer);
                return proxy.events.held(Held.EXCHANGE) == 0;
              });
      proxy.expectRest();
      assertThat(refusedByLevel(metrics)).isEmpty();
    }
  }

  private static void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response.end("{}");
    }
  }

  /** What waits in the level or holds its seat. */
  private int inLevel() {
    LevelSnapshot level =
        control.snapshot().stream()
            .filter(one -> one.name().equals("level"))
            .findFirst()
            .orElseThrow();
    return level.waiting() + level.executing();
  }

  /** V-38. */
  private static List<String> refusedByLevel(ProxyMetrics metrics) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("apiserver_flowcontrol_rejected_requests_total{"))
        .filter(line -> line.contains("priority_level=\"level\"") && !line.endsWith(" 0.0"))
        .toList();
  }

  private static HttpClientResponse ask(HttpClient client, String target) {
    return get(started(client, target));
  }

  private static Future<HttpClientResponse> started(HttpClient client, String target) {
    return client.request(HttpMethod.GET, target).compose(HttpClientRequest::send);
  }

  /** The first of them holds the seat, the others would wait for it. */
  private void fill(HttpClient client, int requests) {
    for (int i = 1; i <= requests; i++) {
      var unused = started(client, TARGET);
      int sentOn = i;
      await().atMost(LONG).until(() -> held.size() == sentOn);
    }
  }

  private static FrameConnection connection(TestProxy proxy, Map<Integer, Integer> settings)
      throws IOException {
    return FrameConnection.open(
        new TlsClient(proxy.port()).protocols("h2").timeout(LONG).abrupt(), settings);
  }

  private static String[] head(String target) {
    return new String[] {":method: GET", ":scheme: https", ":authority: a", ":path: " + target};
  }

  @Test
  @Tag("S33")
  void endsTheConnectionOfAClientThatResetsAllItsRequests() {
    shadow(
        NONE,
        held::add,
        proxy -> {
          try (FrameConnection client = connection(proxy, Map.of())) {
            for (int i = 0; i <= RESETS; i++) {
              client.headers(2 * i + 1, true, head(TARGET)).reset(2 * i + 1, 8);
            }
            Http2Frame end = client.await(Http2Frame.GOAWAY);
            assertThat(end).isNotNull();
            assertThat(end.number(4)).isEqualTo(ENHANCE_YOUR_CALM);
            held.forEach(ShadowHoleIT::answer); // what upstream still worked on
            await().atMost(LONG).until(() -> inLevel() == 0);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Of those, too, of whom it is not known yet who asks. */
  @Test
  @Tag("S51")
  void boundsWhatWaits() {
    Promise<Identity> review = Promise.promise();
    shadow(
        new RequestLimits(0, 0, 0, 16 << 10, 0, 0),
        held::add,
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 3);
          assertThat(waitingBytes(proxy)).as("of those that would wait").isZero();
          proxy.identities = (head, request) -> review.future();
          Future<HttpClientResponse> first = started(client, TARGET);
          await().atMost(LONG).until(() -> waitingBytes(proxy) > 0);

          assertThat(ask(client, TARGET).statusCode()).isEqualTo(429);
          assertThat(proxy.events.refusals).containsExactly("queue-full");
          review.complete(somebody(UserInfo.ANONYMOUS));
          await().atMost(LONG).until(() -> held.size() == 4);
          held.forEach(ShadowHoleIT::answer);
          assertThat(get(first).statusCode()).isEqualTo(200);
        });
  }

  private static long waitingBytes(TestProxy proxy) {
    return waitingBytes(proxy, "waiting-head-bytes");
  }

  private static long waitingBytes(TestProxy proxy, String bound) {
    var used = proxy.bound(bound).used();
    return used == null ? 0 : used.getAsLong();
  }

  /** Bodies of 3 MiB: of what would wait nothing is kept, of what does wait a window of each. */
  @Test
  @Tag("S51")
  void boundsTheBodiesOfWhatWaits() {
    Promise<Identity> review = Promise.promise();
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    shadow(
        new RequestLimits(0, 0, 0, 0, 3 * BODY_WINDOW / 2, 0),
        request -> {
          held.add(request);
          request.body().onSuccess(body -> received.add(body.length()));
        },
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          for (int sent = 1; sent <= 3; sent++) {
            var unused = post(client);
            int all = sent;
            await().atMost(LONG).until(() -> received.size() == all);
          }
          assertThat(received).as("of those that would wait, too").containsOnly(BODY);
          assertThat(inLevel()).as("one executes, two would wait").isEqualTo(3);
          assertThat(waitingBytes(proxy, WAITING_BODIES)).isZero();

          proxy.identities = (head, request) -> review.future();
          Future<HttpClientResponse> first = post(client);
          await().atMost(LONG).until(() -> waitingBytes(proxy, WAITING_BODIES) == BODY_WINDOW);
          assertThat(get(post(client)).statusCode()).isEqualTo(429);
          assertThat(proxy.events.refusals).containsExactly("queue-full");
          assertThat(received).hasSize(3);
          review.complete(somebody(UserInfo.ANONYMOUS));
          await().atMost(LONG).until(() -> received.size() == 4);
          assertThat(received).containsOnly(BODY);
          assertThat(waitingBytes(proxy, WAITING_BODIES)).isZero();
          held.forEach(ShadowHoleIT::answer);
          assertThat(get(first).statusCode()).isEqualTo(200);
        });
  }

  private static Future<HttpClientResponse> post(HttpClient client) {
    return client
        .request(HttpMethod.POST, TARGET)
        .compose(request -> request.send(Buffer.buffer(new byte[BODY])));
  }

  private static Identity somebody(UserInfo user) {
    return new Identity(
        user,
        user,
        Identity.Mode.PASS_THROUGH,
        new Identity.Assertion(null, false, List.of(Map.entry("Authorization", "Bearer a"))));
  }

  @Test
  @Tag("S53")
  void keepsTheCapOnExemptRequests() {
    shadow(
        NONE,
        held::add,
        proxy -> {
          proxy.identities =
              (head, request) ->
                  Future.succeededFuture(somebody(UserInfo.of("admin", UserInfo.MASTERS)));
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, EXEMPT_AT_ONCE);

          assertThat(ask(client, TARGET).statusCode()).isEqualTo(429);
          assertThat(proxy.events.refusals).containsExactly("concurrency-limit");
        });
  }

  @Test
  @Tag("S53")
  void closesWhatAnAddressHasBeyondItsShare() {
    Vertx guarded = Vertx.builder().withTransport(new GuardedTransport(Transport.NIO)).build();
    shadow(
        guarded,
        new ConnectionLimits(2, 1, 0, 0, address -> false),
        NONE,
        held::add,
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 2); // on one connection
          try (RawClient second = new RawClient(proxy.port());
              Socket third = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            third.setSoTimeout((int) LONG.toMillis());
            assertThat(second).as("has the last place").isNotNull();
            assertThat(isClosed(third)).isTrue();
            assertThat(proxy.bound("connections-of-address").overflows().getAsLong()).isEqualTo(1);
            assertThat(held).as("those that would wait are on their way").hasSize(2);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    get(guarded.close());
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static void write(HttpServerRequest request, int left) {
    Buffer piece = Buffer.buffer(new byte[16 << 10]);
    if (left == 0) {
      request.response().end();
    } else {
      request.response().write(piece).onSuccess(sent -> write(request, left - piece.length()));
    }
  }

  /** Those hold up who would wait, as they would have. */
  @Test
  @Tag("S54")
  void cutsOffWhoReadsNothingAndKeepsNoMoreOfIt() {
    shadow(
        new RequestLimits(0, 0, 0, 0, 0, 0, 128L << 20, BUFFER, 64L << 20),
        request -> {
          request.response().setChunked(true);
          write(request, LIST);
        },
        proxy -> {
          try (FrameConnection client =
              connection(proxy, Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0))) {
            for (int i = 0; i < READERS; i++) {
              client.headers(2 * i + 1, true, head(TARGET));
            }
            await().atMost(LONG).until(() -> proxy.events.held(Held.BLOCKED_RESPONSE) == READERS);
            assertThat(proxy.bound(ROOM).used().getAsLong()).isBetween(1L, (long) READERS * BUFFER);

            assertThat(client.await(Http2Frame.RST_STREAM)).isNotNull();
            assertThat(proxy.events.aborts).contains("slow-reader");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          await().atMost(LONG).until(() -> proxy.bound(ROOM).used().getAsLong() == 0);
        });
  }

  @Test
  @Tag("S58")
  void refusesAWatchBeyondItsUsersShare() {
    shadow(
        new RequestLimits(2, 1, 0, 0, 0, 0),
        request -> {
          held.add(request);
          request.response().putHeader("Content-Type", "application/json").setChunked(true);
          request.response().write("{}\n");
        },
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          assertThat(ask(client, WATCH).statusCode()).isEqualTo(200);
          assertThat(ask(client, WATCH).statusCode()).isEqualTo(200);

          assertThat(ask(client, WATCH).statusCode()).isEqualTo(429);
          assertThat(proxy.events.refusals).containsExactly("watches-of-user");
        });
  }

  @Test
  void holdsToRateLimitsThatAreNotInShadowThemselves() {
    shadow(
        NONE,
        ShadowHoleIT::answer,
        proxy -> {
          proxy.rateLimits.apply(List.of(Limiting.of("slow").by("User").tokens(1, "24h", 2, "0s")));
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          List<Integer> codes = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            codes.add(ask(client, TARGET).statusCode());
          }

          assertThat(codes).containsExactly(200, 200, 429, 429);
        });
  }

  @Test
  void asksWhoItIsAndEndsWhatTakesTooLong() {
    shadow(
        NONE,
        held::add,
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 2);
          assertThat(ask(client, TARGET + "?timeout=300ms").statusCode()).isEqualTo(504);

          proxy.identities =
              (head, request) ->
                  Future.failedFuture(
                      new RefusedException(401, "Unauthorized", "unauthorized", "who are you?"));
          assertThat(ask(client, TARGET).statusCode()).isEqualTo(401);
        });
  }
}
