package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitReading;
import io.apfproxy.limit.Limiting;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rate limits on the wire: what passes, when, and what the others are told. L-05, L-19, L-25, L-30.
 */
class RateLimitIT extends ForwardingFixture {
  private static final String TARGET = "/api/v1/namespaces/shop/pods/web-0";
  private static final int LARGE = 400_000;

  /** That a limit may be overdrawn by: what is read at a time. */
  private static final int LARGEST_PIECE = 64 << 10;

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Answers at once, but a watch, which it begins. */
  private static void serve(HttpServerRequest request) {
    if (request.uri().contains("watch=")) {
      request
          .response()
          .putHeader("Content-Type", "application/json")
          .setChunked(true)
          .write("{}\n");
    } else if (request.uri().endsWith("/proxy/")) {
      request.body().onSuccess(body -> request.response().end());
    } else if (request.uri().endsWith("/pods") || request.uri().endsWith("/log")) {
      request.response().end(Buffer.buffer(new byte[LARGE]));
    } else {
      request.response().end("ok");
    }
  }

  private void limited(Consumer<TestProxy> test, RateLimit... limits) {
    through(
        HttpVersion.HTTP_2,
        RateLimitIT::serve,
        proxy -> {
          proxy.rateLimits.apply(List.of(limits));
          test.accept(proxy);
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> proxy.bound("rate-limit-waiting").used().getAsLong() == 0);
        });
  }

  private record Answer(HttpClientResponse head, Buffer body, long sentAt, long cameAt) {
    boolean passed() {
      return head.statusCode() == 200;
    }
  }

  private static Future<Answer> ask(HttpClient client, String target, String user) {
    long sentAt = System.nanoTime();
    return client
        .request(HttpMethod.GET, target)
        .compose(
            request ->
                request
                    .putHeader("Authorization", "Bearer " + user)
                    .send()
                    .compose(
                        head ->
                            target.contains("watch=") && head.statusCode() == 200
                                ? Future.succeededFuture(
                                    new Answer(head, Buffer.buffer(), sentAt, System.nanoTime()))
                                : head.body()
                                    .map(
                                        body ->
                                            new Answer(head, body, sentAt, System.nanoTime()))));
  }

  private static LimitReading reading(TestProxy proxy) {
    return proxy.rateLimits.read().get(0);
  }

  private static void expectRefusal(Answer answer, String limit) {
    assertThat(answer.head().statusCode()).isEqualTo(429);
    assertThat(answer.head().getHeader("Content-Type")).isEqualTo("application/json");
    assertThat(answer.head().getHeader("X-Apf-Ratelimit")).isEqualTo(limit);
    JsonObject status = answer.body().toJsonObject();
    assertThat(status.getString("kind")).isEqualTo("Status");
    assertThat(status.getString("reason")).isEqualTo("TooManyRequests");
    int seconds = Integer.parseInt(answer.head().getHeader("Retry-After"));
    assertThat(seconds).isPositive();
    assertThat(status.getJsonObject("details").getInteger("retryAfterSeconds")).isEqualTo(seconds);
    assertThat(status.getString("message"))
        .startsWith("too many requests: ")
        .endsWith("; try again in " + seconds + " s")
        .doesNotContain(limit);
  }

  /** Asks again and again for two seconds and a half after somebody was refused. */
  private void hammer(HttpClient client, Queue<Answer> answers, Promise<Void> done) {
    ask(client, TARGET, "ci")
        .onFailure(done::fail)
        .onSuccess(
            answer -> {
              answers.add(answer);
              boolean enough =
                  answers.stream()
                      .filter(one -> !one.passed())
                      .findFirst()
                      .map(first -> answer.cameAt() - first.cameAt() > 2.5 * SECOND)
                      .orElse(false);
              if (enough) {
                done.complete();
              } else {
                hammer(client, answers, done);
              }
            });
  }

  /**
   * 20 a second and 40 at once, on eight connections. How many pass is compared with how long it
   * took, which is the machine's affair: a refusal proves that nothing was left when it was
   * decided, so all that comes in between two refusals passes.
   */
  @Test
  void letsPassWhatTheLawAllowsNoMoreAndNoLess() {
    limited(
        proxy -> {
          Queue<Answer> answers = new ConcurrentLinkedQueue<>();
          long begun = System.nanoTime();
          List<Future<Void>> all = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            HttpClient client =
                proxy.client(i % 2 == 0 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2);
            Promise<Void> done = Promise.promise();
            hammer(client, answers, done);
            all.add(done.future());
          }
          get(Future.all(all));
          double took = (System.nanoTime() - begun) / SECOND;
          long passed = answers.stream().filter(Answer::passed).count();
          assertThat((double) passed).isLessThanOrEqualTo(40 + 20 * took);
          List<Answer> refused = answers.stream().filter(answer -> !answer.passed()).toList();
          Answer first = Collections.min(refused, Comparator.comparingLong(Answer::cameAt));
          Answer last = Collections.max(refused, Comparator.comparingLong(Answer::sentAt));
          double between = (last.sentAt() - first.cameAt()) / SECOND;
          assertThat(passed).isGreaterThanOrEqualTo(40);
          assertThat(answers)
              .filteredOn(answer -> answer.passed() && answer.cameAt() >= first.sentAt())
              .hasSizeGreaterThan((int) (20 * between - 1));
          expectRefusal(last, "ci");
          assertThat(last.head().getHeader("Retry-After")).isEqualTo("1");
          assertThat(reading(proxy).passed()).isEqualTo(passed);
          assertThat(reading(proxy).refused()).isEqualTo(answers.size() - passed);
          System.out.printf(
              "rate limit 20/s, burst 40: %d of %d passed in %.3f s; the law allows %.1f%n",
              passed, answers.size(), took, 40 + 20 * took);
        },
        Limiting.of("ci").by("User").perSecond(20, 40));
  }

  @Test
  void letsInWhoComesBackWhenHeWasTold() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_1_1);
          assertThat(get(ask(client, TARGET, "ci")).passed()).isTrue();
          Answer refused = get(ask(client, TARGET, "ci"));
          while (refused.passed()) { // a slow machine: the next token was there already
            refused = get(ask(client, TARGET, "ci"));
          }
          expectRefusal(refused, "slow");
          assertThat(get(ask(client, TARGET, "other")).passed()).isTrue();
          long seconds = Long.parseLong(refused.head().getHeader("Retry-After"));
          assertThat(
                  get(vertx
                          .timer(seconds, TimeUnit.SECONDS)
                          .compose(late -> ask(client, TARGET, "ci")))
                      .passed())
              .isTrue();
        },
        Limiting.of("slow").by("User").tokens(3, "4s", 1, "0s"));
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void letsOneOutAfterTheOtherWhereItLeaks(HttpVersion version) {
    limited(
        proxy -> {
          HttpClient client = proxy.client(version);
          long begun = System.nanoTime();
          List<Future<Answer>> all =
              IntStream.range(0, 21).mapToObj(i -> ask(client, TARGET, "ci")).toList();
          long[] came =
              all.stream()
                  .map(TestProxy::get)
                  .peek(answer -> assertThat(answer.passed()).isTrue())
                  .mapToLong(Answer::cameAt)
                  .sorted()
                  .toArray();
          for (int i = 0; i < came.length; i++) {
            assertThat((came[i] - begun) / SECOND).as("no. %d", i).isGreaterThanOrEqualTo(i / 50.0);
          }
          assertThat(reading(proxy).passed() + reading(proxy).delayed()).isEqualTo(21);
          assertThat(reading(proxy).refused()).isZero();
        },
        Limiting.of("leak").by("User").leaking(50, 100));
  }

  @Test
  void freesThePlaceOfAWatchWhenItEnds() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          String watch = "/api/v1/pods?watch=true";
          Answer first = get(ask(client, watch, "ci"));
          List<Answer> others = new ArrayList<>(List.of(get(ask(client, watch, "ci"))));
          expectRefusal(get(ask(client, watch, "ci")), "watches");
          assertThat(proxy.events.refusals).containsExactly("in-flight-limit");
          first.head().request().reset(8);
          await()
              .atMost(Duration.ofSeconds(60))
              .until(
                  () -> {
                    Answer next = get(ask(client, watch, "ci"));
                    return next.passed() && others.add(next);
                  });
          assertThat(reading(proxy).fullest()).isEqualTo(1);
          others.forEach(watching -> watching.head().request().reset(8));
        },
        Limiting.of("watches").longRunning(RateLimit.ONLY).by("User").atATime(2));
  }

  @Test
  void asksNobodyWhoAStrangerIsWhoComesTooOften() {
    limited(
        proxy -> {
          AtomicInteger asked = new AtomicInteger();
          var identities = proxy.identities;
          proxy.identities =
              (head, request) -> {
                asked.incrementAndGet();
                return identities.resolve(head, request);
              };
          HttpClient client = proxy.client(HttpVersion.HTTP_1_1);
          for (int i = 0; i < 3; i++) {
            assertThat(get(ask(client, TARGET, "any" + i)).passed()).isTrue();
          }
          Answer refused = get(ask(client, TARGET, "any"));
          expectRefusal(refused, "strangers");
          assertThat(proxy.events.refusals).containsExactly("rate-limit");
          assertThat(refused.head().getHeader("Connection")).as("it stays open").isNull();
          assertThat(asked.get()).isEqualTo(3);
        },
        Limiting.of("strangers")
            .beforeAuthentication()
            .by("SourceAddress")
            .tokens(1, "1h", 3, "0s"));
  }

  /** Its token was of no use: flow control refused at once. */
  @Test
  void refundsWhomFlowControlRefuses() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
          for (int i = 0; i < 5; i++) {
            assertThat(get(ask(client, TARGET, "ci")).head().getHeader("X-Apf-Ratelimit")).isNull();
          }
          await().atMost(Duration.ofSeconds(60)).until(() -> reading(proxy).refunded() == 5);
          proxy.flowControl.answer = FakeFlowControl.Answer.EXECUTE;
          assertThat(get(ask(client, TARGET, "ci")).passed()).isTrue();
          assertThat(get(ask(client, TARGET, "ci")).passed()).isFalse();
        },
        Limiting.of("ci").by("User").tokens(1, "1h", 1, "0s"));
  }

  @Test
  void givesBackThePlaceOfOneThatLeavesWhileItWaits() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          assertThat(get(ask(client, TARGET, "ci")).passed()).isTrue();
          var request = get(client.request(HttpMethod.GET, TARGET));
          request.putHeader("Authorization", "Bearer ci").end();
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> proxy.bound("rate-limit-waiting").used().getAsLong() == 1);
          request.reset(8);
        },
        Limiting.of("slow").by("User").tokens(1, "10s", 1, "60s"));
  }

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

  /** L-32. */
  @Test
  void letsAllPassInShadow() {
    limited(
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          for (int i = 0; i < 5; i++) {
            assertThat(get(ask(client, TARGET, "ci")).passed()).isTrue();
          }
          assertThat(reading(proxy).shadow()).isEqualTo(new LimitReading.Shadow(0, 3));
          assertThat(reading(proxy).refused()).isZero();
        },
        Limiting.of("ci").by("User").inShadow().tokens(1, "1h", 2, "0s"));
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
}
