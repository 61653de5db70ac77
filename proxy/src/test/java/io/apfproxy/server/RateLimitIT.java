package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitReading;
import io.apfproxy.limit.Limiting;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rate limits on the wire: what passes, when, and what the others are told. L-05, L-19, L-25, L-30.
 */
class RateLimitIT extends RateLimitFixture {
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

  /**
   * Constant outflow, as the upstream sees it: the k-th is never early. How late they are is the
   * machine's affair, and printed.
   */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  @Tag("L-18")
  void letsOneOutAfterTheOtherWhereItLeaks(HttpVersion version) {
    int number = Integer.getInteger("apf.leak.number", 51);
    Queue<Long> out = new ConcurrentLinkedQueue<>();
    limited(
        request -> {
          out.add(System.nanoTime());
          serve(request);
        },
        proxy -> {
          HttpClient client = proxy.client(version);
          IntStream.range(0, 50) // so that all connections are there
              .mapToObj(i -> ask(client, TARGET, "user" + i))
              .toList()
              .forEach(answer -> assertThat(get(answer).passed()).isTrue());
          out.clear();
          long begun = System.nanoTime();
          List<Future<Answer>> all =
              IntStream.range(0, number).mapToObj(i -> ask(client, TARGET, "ci")).toList();
          all.forEach(answer -> assertThat(get(answer).passed()).isTrue());
          long[] came = out.stream().mapToLong(Long::longValue).sorted().toArray();
          assertThat(came).hasSize(number);
          double[] late = new double[number];
          for (int k = 0; k < number; k++) {
            assertThat((came[k] - begun) / SECOND).as("no. %d", k).isGreaterThanOrEqualTo(k / 50.0);
            late[k] = (came[k] - begun) / 1e6 - k * 20.0;
          }
          Arrays.sort(late);
          System.out.printf(
              "%d at 50/s, %s: later than the most punctual by %.2f ms p50, %.2f p99, %.2f most%n",
              number,
              version,
              late[number / 2] - late[0],
              late[number * 99 / 100] - late[0],
              late[number - 1] - late[0]);
          assertThat(reading(proxy).passed() + reading(proxy).delayed()).isEqualTo(number + 50);
          assertThat(reading(proxy).refused()).isZero();
        },
        Limiting.of("leak").by("User").leaking(50, 1_000));
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
}
