package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.limit.Limiting;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A level in shadow is no hole: it lets pass what it would hold back or refuse, and every other
 * bound stays. Those of connections: {@link ShadowConnectionsIT}. Source: specification seeing.md
 * V-38, V-39, security.md S62.
 */
@Tag("S62")
class ShadowHoleIT extends ShadowHoleFixture {
  private static final int EXEMPT_AT_ONCE = 10;
  private static final int BODY = 3 << 20;

  /** What counts of each body while it waits. */
  private static final int BODY_WINDOW = 128 << 10;

  private static final String WAITING_BODIES = "waiting-body-bytes";
  private static final String WATCH = TARGET + "?watch=true";

  private final Queue<HttpServerResponse> unended = new ConcurrentLinkedQueue<>();

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
          held.forEach(ShadowHoleFixture::answer);
          assertThat(get(first).statusCode()).isEqualTo(200);
        });
  }

  /**
   * Its stream ends with the last byte of a response of known length, before the upstream's does:
   * nobody left who would wait no longer. V-34.
   */
  @Test
  void whoGotAllOfItStillWaitsInItsLevel() {
    shadow(
        NONE,
        request -> begin(request, "{}"),
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 1);

          assertThat(get(started(client, TARGET + "/all").compose(HttpClientResponse::body)))
              .isEqualTo(Buffer.buffer("{}"));

          assertThat(proxy.events.held(Held.EXCHANGE)).as("upstream's side is open").isEqualTo(2);
          assertThat(inLevel()).as("one executes, one would wait").isEqualTo(2);
          unended.forEach(HttpServerResponse::end);
          await().atMost(LONG).until(() -> proxy.events.held(Held.EXCHANGE) == 1);
          assertThat(inLevel()).as("it would not have begun yet").isEqualTo(2);
        });
  }

  /** The proxy ends its stream, where nobody left either. V-34. */
  @Test
  void whoseResponseIsCutOffStillWaitsInItsLevel() {
    shadow(
        NONE,
        request -> begin(request, "{"),
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 1);
          Future<Buffer> cut = ask(client, TARGET + "/cut").body();
          unended.forEach(HttpServerResponse::reset);

          await().atMost(LONG).until(cut::failed);
          await().atMost(LONG).until(() -> proxy.events.held(Held.EXCHANGE) == 1);
          assertThat(inLevel()).as("one executes, one would wait").isEqualTo(2);
        });
  }

  /** Holds who is to hold the seat; of an answer of two bytes to others it sends so many. */
  private void begin(HttpServerRequest request, String part) {
    if (request.path().equals(TARGET)) {
      held.add(request);
    } else {
      unended.add(request.response());
      var unused = request.response().putHeader("content-length", "2").write(part);
    }
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
          held.forEach(ShadowHoleFixture::answer);
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
        ShadowHoleFixture::answer,
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
