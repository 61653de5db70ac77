package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.Limiting;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits of bytes on the wire: who is slowed down, and who pays later. L-20, L-21. */
class RateLimitBytesIT extends RateLimitFixture {
  /** That a limit may be overdrawn by: what is read at a time. */
  private static final int LARGEST_PIECE = 64 << 10;

  private static final int ROUNDS = 5;
  private static final int MOST_ROUNDS = 60;
  private static final int PIECES = 10;
  private static final int SLOW_MILLIS = 600;

  /** L-21: logs hold no seats, and come as slowly as the limit says. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void slowsLogsToTheRateOfTheirBytes(HttpVersion version) {
    limited(
        proxy -> {
          long begun = System.nanoTime();
          Answer log = get(ask(proxy.client(version), TARGET + "/log", "ci"));
          double seconds = (System.nanoTime() - begun) / SECOND;
          assertThat(log.body().length()).isEqualTo(LARGE);
          double law = (LARGE - 65_536 - LARGEST_PIECE) / 400_000.0;
          assertThat(seconds).isGreaterThan(law);
          assertThat(reading(proxy).bytesOut()).isEqualTo(LARGE);
          System.out.printf("a log of 400 kB at 400 kB/s, 64 KiB at once: %.3f s%n", seconds);
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(400_000, "1s", 65_536, "0s"));
  }

  /** It waits for hours. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void noticesThatTheReaderOfALogLeftWhileItWaits(HttpVersion version) {
    limited(
        proxy -> {
          HttpClient client = proxy.client(version);
          var request = get(client.request(HttpMethod.GET, TARGET + "/log"));
          request.putHeader("Authorization", "Bearer ci").end();
          HttpClientResponse head = get(request.response());
          assertThat(head.statusCode()).isEqualTo(200);
          head.handler(piece -> {});
          await().atMost(Duration.ofSeconds(60)).until(() -> reading(proxy).bytesOut() > 65_536);
          request.reset(8);
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(1, "1s", 65_536, "0s"));
  }

  /** L-21: so does what a client sends where it holds no seats. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void slowsUploadsBehindTheSubresourceProxy(HttpVersion version) {
    limited(
        proxy -> {
          long begun = System.nanoTime();
          HttpClientResponse head =
              get(
                  proxy
                      .client(version)
                      .request(HttpMethod.POST, "/api/v1/namespaces/shop/pods/web-0/proxy/")
                      .compose(
                          request ->
                              request
                                  .putHeader("Authorization", "Bearer ci")
                                  .send(Buffer.buffer(new byte[LARGE]))));
          double seconds = (System.nanoTime() - begun) / SECOND;
          assertThat(head.statusCode()).isEqualTo(200);
          assertThat(seconds).isGreaterThan((LARGE - 65_536 - LARGEST_PIECE) / 400_000.0);
          await().atMost(Duration.ofSeconds(60)).until(() -> reading(proxy).bytesIn() == LARGE);
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(400_000, "1s", 65_536, "0s"));
  }

  /** L-21: both directions together, also where a response begins while its request waits. */
  @Test
  void slowsAResponseThatBeginsWhileItsUploadIsHeldUp() {
    int rate = 40_000;
    int length = 200_000;
    Promise<Long> answered = Promise.promise();
    limited(
        request -> answerWhenTheBurstIsUsedUp(request, Buffer.buffer(new byte[length]), answered),
        proxy -> {
          Buffer answer =
              get(
                  proxy
                      .client(HttpVersion.HTTP_2)
                      .request(HttpMethod.POST, "/api/v1/namespaces/shop/pods/web-0/proxy/")
                      .compose(
                          request ->
                              request
                                  .putHeader("Authorization", "Bearer ci")
                                  .send(Buffer.buffer(new byte[length / 2])))
                      .compose(HttpClientResponse::body));
          double seconds = (System.nanoTime() - get(answered.future())) / SECOND;
          assertThat(answer.length()).isEqualTo(length);
          assertThat(seconds).isGreaterThan((length - 2.0 * LARGEST_PIECE) / rate);
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(rate, "1s", 65_536, "0s"));
  }

  private static void answerWhenTheBurstIsUsedUp(
      HttpServerRequest request, Buffer answer, Promise<Long> answered) {
    long[] read = {0};
    request.handler(
        piece -> {
          read[0] += piece.length();
          if (read[0] > 65_536 && answered.tryComplete(System.nanoTime())) {
            request.response().end(answer);
          }
        });
  }

  /** L-21: until what the list was too large by is made good. */
  @Test
  void letsTheNextWaitUntilTheBytesOfAListAreMadeGood() {
    int rate = 200_000;
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          long begun = System.nanoTime();
          assertThat(get(ask(client, "/api/v1/pods", "ci")).body().length()).isEqualTo(LARGE);
          await().atMost(Duration.ofSeconds(40)).until(() -> reading(proxy).bytesOut() == LARGE);
          assertThat(get(ask(client, TARGET, "ci")).passed()).isTrue();
          double seconds = (System.nanoTime() - begun) / SECOND;
          assertThat(seconds).isGreaterThanOrEqualTo((LARGE - 65_536) / (double) rate);
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(rate, "1s", 65_536, "60s"));
  }

  /** L-21: who holds seats is not held up; the next one pays. */
  @Test
  void chargesTheBytesOfAListToWhatComesNext() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          long begun = System.nanoTime();
          Answer list = get(ask(client, "/api/v1/pods", "ci"));
          assertThat(list.body().length()).isEqualTo(LARGE);
          await().atMost(Duration.ofSeconds(60)).until(() -> reading(proxy).bytesOut() == LARGE);
          Answer refused = get(ask(client, TARGET, "ci"));
          expectRefusal(refused, "bytes");
          double law = (LARGE - 65_536) / 10_000.0;
          assertThat(Double.parseDouble(refused.head().getHeader("Retry-After")))
              .isBetween(law - (System.nanoTime() - begun) / SECOND, Math.ceil(law));
          assertThat(get(ask(client, TARGET, "other")).passed()).isTrue();
        },
        Limiting.of("bytes").by("User").unit(RateLimit.BYTES).tokens(10_000, "1s", 65_536, "0s"));
  }

  /**
   * L-21: a list that overdraws its limit by days holds its seats as long as one without. They come
   * in turn, so that both have the same machine, and the least of each counts: it does not become
   * less by more rounds than it takes, however busy that is.
   */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void holdsTheSeatsOfAListInDebtAsLongAsWithoutALimit(HttpVersion version) {
    limited(
        this::serveSlowly,
        proxy -> {
          HttpClient client = proxy.client(version);
          long limited = Long.MAX_VALUE;
          long unlimited = Long.MAX_VALUE;
          for (int i = 0; i < ROUNDS || (i < MOST_ROUNDS && !alike(limited, unlimited)); i++) {
            limited = Math.min(limited, seatsHeldBy(proxy, client, "ci-" + i));
            unlimited = Math.min(unlimited, seatsHeldBy(proxy, client, "free"));
          }
          System.out.printf(
              "seats of a list of 400 kB in %d ms: %.1f ms in debt, %.1f ms without limit%n",
              SLOW_MILLIS, limited / 1e6, unlimited / 1e6);
          assertThat(alike(limited, unlimited)).isTrue();
          expectRefusal(get(ask(client, "/api/v1/pods", "ci-0")), "bytes");
        },
        Limiting.of("bytes")
            .except(Subject.user("free"))
            .by("User")
            .unit(RateLimit.BYTES)
            .tokens(1, "1s", 65_536, "0s"));
  }

  private static boolean alike(long one, long other) {
    double ratio = (double) one / other;
    return ratio >= 0.95 && ratio <= 1.05;
  }

  /** In equal pieces. */
  private void serveSlowly(HttpServerRequest request) {
    request.response().putHeader("Content-Length", String.valueOf(LARGE));
    vertx.setPeriodic(
        SLOW_MILLIS / PIECES,
        due -> {
          request.response().write(Buffer.buffer(new byte[LARGE / PIECES]));
          if (request.response().bytesWritten() >= LARGE) {
            vertx.cancelTimer(due);
            request.response().end();
          }
        });
  }

  private static long seatsHeldBy(TestProxy proxy, HttpClient client, String user) {
    long begun = System.nanoTime();
    assertThat(get(ask(client, "/api/v1/pods", user)).body().length()).isEqualTo(LARGE);
    await().pollInterval(Duration.ofMillis(1)).until(() -> proxy.flowControl.executing.get() == 0);
    return System.nanoTime() - begun;
  }
}
