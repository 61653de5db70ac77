package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.Patience;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.load.ManyStreams;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One address tries token after token while another one is polite: by a limit that stands before
 * authentication, few tokens are asked about, and nobody else is refused. Specification limits.md
 * L-30.
 *
 * <p>{@code -Dapf.tokens=10000} tries more of them. Before that the polite one has asked for a
 * while, so that what is printed of his time is not that of code that runs for the first time.
 */
@Timeout(1_200)
class BeforeAuthenticationIT extends AppFixture {
  private static final int TOKENS = Integer.getInteger("apf.tokens", 500);
  private static final int POLITE_BEFORE = 30;
  private static final int AT_A_TIME = 20;
  private static final int RATE = 20;
  private static final int BURST = 60;
  private static final String POLITE = "127.0.0.3";
  private static final int POLITE_MILLIS = 60; // fewer than RATE
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private static final String LIMIT =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: by-address}
      spec:
        stage: BeforeAuthentication
        rules:
        - resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        key: {by: [SourceAddress]}
        type: TokenBucket
        tokenBucket: {rate: %d, burst: %d}
      """
          .formatted(RATE, BURST);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final AtomicInteger tried = new AtomicInteger();
  private int step = 1; // from token to token
  private final List<Answer> ofPolite = new CopyOnWriteArrayList<>();

  private record Answer(int code, long sentAt, long cameAt) {}

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() throws Exception {
    clock.shutdownNow();
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void startLimited() throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    Files.writeString(limits.resolve("limit.yaml"), LIMIT);
    start(
        "--flowcontrol-source=builtin,files:" + limits,
        "--unlimited-addresses=192.0.2.1"); // not ours
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> admin("/metrics").body().contains("{rate_limit=\"by-address\"}"));
  }

  /** Nor does it get tokens back for what it is told at once: the answer is remembered. */
  @Test
  void letsNoMoreRequestsPassWithOneWrongTokenThanItsLimitAllows() throws Exception {
    startLimited();
    step = 0;
    List<Answer> ofAttacker = attack();
    int passed = (int) ofAttacker.stream().filter(answer -> answer.code() == 401).count();
    assertThat((double) passed).isBetween((double) BURST, BURST + RATE * seconds(ofAttacker));
  }

  @Test
  void asksAboutNoMoreTokensOfAnAddressThanItsLimitAllows() throws Exception {
    startLimited();
    List<Answer> ofAttacker;
    try (Http2WireClient polite = politeClient()) {
      Future<?> politeness =
          clock.scheduleWithFixedDelay(
              () -> askPolitely(polite), 0, POLITE_MILLIS, TimeUnit.MILLISECONDS);
      Patience.untilAllCame(POLITE_BEFORE, ofPolite::size);
      ofAttacker = attack();
      politeness.cancel(false);
      clock.shutdown();
      assertThat(clock.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    int asked = (int) ofAttacker.stream().filter(answer -> answer.code() == 401).count();
    double took = seconds(ofAttacker);
    report(asked, took, firstSent(ofAttacker));
    assertThat(ofAttacker).allMatch(answer -> answer.code() == 401 || answer.code() == 429);
    assertThat((double) asked).isBetween((double) BURST, BURST + RATE * took);
    assertThat(ofPolite).isNotEmpty().allMatch(answer -> answer.code() == 200);
  }

  /** Tries all the tokens, so many at a time. */
  private List<Answer> attack() {
    HttpClient client = attacker();
    List<Answer> answers = new CopyOnWriteArrayList<>();
    AtomicInteger left = new AtomicInteger(TOKENS);
    for (int i = 0; i < AT_A_TIME; i++) {
      tryOn(client, left, answers);
    }
    Patience.untilAllCame(TOKENS, answers::size);
    return answers;
  }

  /** Over HTTP/1.1, where who is nobody keeps his connection. */
  private HttpClient attacker() {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setSsl(true)
            .setSslHandshakeTimeout(60)
            .setTrustOptions(
                new PemTrustOptions().addCertPath(proxy.certificateAuthority().toString())),
        new PoolOptions().setHttp1MaxSize(AT_A_TIME));
  }

  private Http2WireClient politeClient() {
    TlsClient tls = new TlsClient(proxy.securePort()).from(POLITE).protocols("h2");
    return new Http2WireClient(LocalProxy.url(proxy, ""), tls::connect);
  }

  /** One at a time, and fewer than the limit allows, however slow the machine is. */
  private void askPolitely(Http2WireClient polite) {
    long sentAt = System.nanoTime();
    int code;
    try {
      List<String> headers = List.of("Authorization: Bearer " + upstream.token("alice"));
      code = polite.exchange("GET", NAMESPACES, headers, new byte[0]).status();
    } catch (IOException e) {
      code = 0;
    }
    ofPolite.add(new Answer(code, sentAt, System.nanoTime()));
  }

  /** A token that nobody has, and then the next one. */
  private void tryOn(HttpClient client, AtomicInteger left, List<Answer> answers) {
    if (left.getAndDecrement() <= 0) {
      return;
    }
    int token = tried.getAndAdd(step);
    long sentAt = System.nanoTime();
    client
        .request(ManyStreams.get(LocalProxy.url(proxy, ""), NAMESPACES, "guess-" + token))
        .compose(
            request -> request.send().compose(head -> head.body().map(body -> head.statusCode())))
        .otherwise(failure -> 0)
        .onSuccess(
            code -> {
              answers.add(new Answer(code, sentAt, System.nanoTime()));
              tryOn(client, left, answers);
            });
  }

  private static double seconds(List<Answer> answers) {
    long last = answers.stream().mapToLong(Answer::cameAt).max().orElseThrow();
    return (last - firstSent(answers)) / SECOND;
  }

  private static long firstSent(List<Answer> answers) {
    return answers.stream().mapToLong(Answer::sentAt).min().orElseThrow();
  }

  private void report(int asked, double took, long since) {
    long[] polite =
        ofPolite.stream()
            .filter(answer -> answer.sentAt() - since >= 0)
            .mapToLong(answer -> answer.cameAt() - answer.sentAt())
            .sorted()
            .toArray();
    System.out.printf(
        "before authentication: %d of %d tokens asked about in %.2f s, %.1f allowed;"
            + " %d polite requests, p50 %.1f ms, p99 %.1f ms%n",
        asked,
        TOKENS,
        took,
        BURST + RATE * took,
        polite.length,
        polite[polite.length / 2] / 1e6,
        polite[polite.length * 99 / 100] / 1e6);
  }
}
