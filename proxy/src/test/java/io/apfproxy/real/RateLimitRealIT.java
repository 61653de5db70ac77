package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.apfproxy.limit.BucketLaw;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Rate limits before a real server, applied by kubectl: 100 users against the exact law, and those
 * who are refused, who come back when they were told. Nothing here depends on how fast the machine
 * is: each verdict is by the asker's own clock. Specification limits.md L-05, L-19, L-31.
 *
 * <p>{@code -Dapf.limits.seconds=60} holds them to the law for longer.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
final class RateLimitRealIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int USERS = 100;
  private static final int SECONDS = Integer.getInteger("apf.limits.seconds", 4);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final String ONE = "/api/v1/namespaces/default/configmaps/one";
  private static final String WATCH = "/api/v1/namespaces/default/secrets?watch=true";

  private static ControlPlane cluster;
  private static ProxyProcess proxy;
  private static Kubectl alice;
  private static final List<ApiClient> CLIENTS = new ArrayList<>();
  private static RunningCommand watching;
  private static RunningCommand refused;

  /** What takes its time begins here: the controllers, and a kubectl that is refused ten times. */
  @BeforeAll
  static void start() {
    cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    Kubectl admin = cluster.kubectl("admin");
    ProxyAccess.grant(cluster);
    apply(admin, "configuration-access.yaml");
    Definitions.apply(admin, CrdRealIT.crds());
    apply(admin, "rate-limits.yaml");
    proxy =
        ProxyProcess.startAsFrontProxy(
            cluster, "--flowcontrol-source=builtin,crd", "--expose-flow-headers");
    admin.run("wait", "--for=condition=InForce", "rl", "--all", "--timeout=60s").orThrow();
    for (int i = 0; i < 2; i++) {
      CLIENTS.add(
          ApiClient.withToken(
              proxy.url(), proxy.certificate(), ControlPlane.token("alice"), Version.HTTP_2));
    }
    alice = proxy.kubectl("alice");
    cluster.startControllers(proxy.kubeconfig("kcm"), "--use-service-account-credentials=true");
    apply(admin, "rate-limited-work.yaml");
    watching = alice.start("get", "--raw", WATCH);
    await()
        .atMost(SOON)
        .until(
            () ->
                proxy.metric("apf_proxy_rate_limit_fullest_ratio", "rate_limit=\"one-watch\"")
                    == 1);
    refused = alice.start("get", "--raw", WATCH);
  }

  private static void apply(Kubectl kubectl, String file) {
    kubectl.runWithInput(TestResources.read("/real/" + file), "apply", "-f", "-").orThrow();
  }

  @AfterAll
  static void stop() {
    for (RunningCommand command : new RunningCommand[] {watching, refused}) {
      if (command != null) {
        command.close();
      }
    }
    if (cluster != null) {
      cluster.stopControllers();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  private record Answer(HttpResponse<String> response, long asked, long answered) {
    boolean passed() {
      return response.statusCode() == 200;
    }

    /** Whose refusal it is if it is one. */
    String limit() {
      return response.headers().firstValue("X-Apf-Ratelimit").orElse("none");
    }

    long retryAfter() {
      return response.headers().firstValueAsLong("Retry-After").orElse(-1);
    }

    void expectRefusalBy(String limit) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
      assertThat(limit()).isEqualTo(limit);
    }
  }

  /** Asks as a user of this number; all of them come by two connections. */
  private static CompletableFuture<Answer> ask(String path, String name, int user) {
    long asked = System.nanoTime();
    return CLIENTS
        .get(user % CLIENTS.size())
        .send(
            "GET",
            path,
            "",
            Map.of("Impersonate-User", name + user),
            HttpResponse.BodyHandlers.ofString())
        .thenApply(response -> new Answer(response, asked, System.nanoTime()));
  }

  private static CompletableFuture<Answer> askAt(long instant, String path, String name, int user) {
    return CompletableFuture.supplyAsync(
            () -> path,
            CompletableFuture.delayedExecutor(
                Math.max(0, instant - System.nanoTime()), TimeUnit.NANOSECONDS))
        .thenCompose(later -> ask(path, name, user));
  }

  private static void all(List<CompletableFuture<Void>> each) {
    CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
        .orTimeout(SOON.toSeconds() + SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** Ten times a second, until its time is over and it was refused at least once. */
  private static CompletableFuture<Void> hammer(int user, BucketLaw law, long end) {
    return ask("/api", "user-", user)
        .thenCompose(
            answer -> {
              if (answer.passed()) {
                law.passed(answer.asked(), answer.answered());
              } else {
                answer.expectRefusalBy("one-a-second");
                law.refused(answer.asked(), answer.answered());
              }
              long next = answer.answered() + SECOND / 10;
              return next < end || law.refused() == 0
                  ? CompletableFuture.supplyAsync(
                          () -> user, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
                      .thenCompose(again -> hammer(user, law, end))
                  : CompletableFuture.completedFuture(null);
            });
  }

  @Test
  @Order(1)
  void holdsEachOfAHundredUsersToTheExactLaw() {
    List<BucketLaw> laws = IntStream.range(0, USERS).mapToObj(i -> new BucketLaw(6, 1)).toList();
    all( // who it is that asks is known by then
        IntStream.range(0, USERS)
            .mapToObj(i -> ask("/version", "user-", i).thenAccept(answer -> {}))
            .toList());
    long begun = System.nanoTime();
    long end = begun + SECONDS * SECOND;
    all(IntStream.range(0, USERS).mapToObj(i -> hammer(i, laws.get(i), end)).toList());
    double took = (System.nanoTime() - begun) / (double) SECOND;

    int passed = laws.stream().mapToInt(BucketLaw::passed).sum();
    int refused = laws.stream().mapToInt(BucketLaw::refused).sum();
    double excess = laws.stream().mapToDouble(BucketLaw::excess).max().orElseThrow();
    int wrongs = laws.stream().mapToInt(BucketLaw::wrongs).sum();
    System.out.printf(
        "%d users, 1/s and 6 at once each, %.1f s: %d passed, %d refused; in the worst of all"
            + " intervals %.3f more than the law allows; %d refused though one was left%n",
        USERS, took, passed, refused, excess, wrongs);
    assertThat(excess).isLessThanOrEqualTo(0);
    assertThat(wrongs).isZero();
    assertThat(counted("one-a-second", "passed")).isEqualTo(passed);
    assertThat(counted("one-a-second", "refused")).isEqualTo(refused);
  }

  private static double counted(String limit, String outcome) {
    return proxy.metric(
        "apf_proxy_rate_limit_requests_total",
        "rate_limit=\"" + limit + "\"",
        "outcome=\"" + outcome + "\"");
  }

  /** Its bucket is full again 4 s after its first request was let in, whenever that was. */
  @Test
  @Order(2)
  void letsThemInAfterTheSecondsTheyWereToldAndNoSooner() {
    AtomicIntegerArray told = new AtomicIntegerArray(5);
    all(IntStream.range(0, USERS).mapToObj(user -> comesBack(user, told)).toList());
    System.out.printf(
        "told to come back in 0, 1, 2, 3, 4 s: %s; all let in then, none before%n", told);
  }

  private static CompletableFuture<Void> comesBack(int user, AtomicIntegerArray told) {
    String path = "/apis";
    return ask(path, "late-", user)
        .thenCompose(
            first -> {
              assertThat(first.passed()).as(first.response().body()).isTrue();
              long second = first.answered() + user * 35L * SECOND / 1000;
              return askAt(second, path, "late-", user)
                  .thenCompose(answer -> expectTime(user, first, answer, told));
            });
  }

  private static CompletableFuture<Void> expectTime(
      int user, Answer first, Answer answer, AtomicIntegerArray told) {
    long soonest = first.asked() + 4 * SECOND;
    if (answer.passed()) { // it took this machine so long to ask
      assertThat(answer.answered()).isGreaterThanOrEqualTo(soonest);
      return CompletableFuture.completedFuture(null);
    }
    answer.expectRefusalBy("one-in-four-seconds");
    long seconds = answer.retryAfter();
    assertThat(seconds)
        .isBetween(
            inSeconds(soonest - answer.answered()),
            inSeconds(first.answered() + 4 * SECOND - answer.asked()));
    told.incrementAndGet((int) seconds);
    long due = answer.answered() + seconds * SECOND;
    return askAt(due - SECOND, "/apis", "late-", user)
        .thenCompose(
            early -> {
              if (early.passed()) {
                assertThat(early.answered()).as("too early").isGreaterThanOrEqualTo(soonest);
                return CompletableFuture.completedFuture(null);
              }
              return askAt(due, "/apis", "late-", user)
                  .thenAccept(
                      back -> assertThat(back.passed()).as(back.response().body()).isTrue());
            });
  }

  private static long inSeconds(long nanos) {
    return Math.max(1, (nanos + SECOND - 1) / SECOND);
  }

  /** Told again, as kubectl takes time to start, and may so come late enough by itself. */
  @Test
  @Order(3)
  void kubectlComesBackByItself() {
    await()
        .atMost(SOON)
        .until(
            () -> {
              alice.run("get", "--raw", ONE).orThrow();
              return alice.run("-v=6", "get", "--raw", ONE).orThrow().stderr();
            },
            log -> log.contains("Retry-After"));
  }

  /** L-31: of those who are not excepted some is refused, and the controllers lose nothing. */
  @Test
  @Order(4)
  void aLimitThatExceptsTheControllersCostsThemNothing() {
    int refusals = 0;
    for (int i = 0; i < 50; i++) {
      Answer answer = ask("/api/v1/namespaces/shop/pods", "hasty-", 1).join();
      if (answer.response().statusCode() == 429) {
        answer.expectRefusalBy("all-but-controllers");
        refusals++;
      }
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                cluster
                    .kubectl("admin")
                    .run("get", "pods", "-n", "shop", "-o", "name")
                    .stdout()
                    .lines()
                    .count(),
            pods -> pods == 20);
    assertThat(counted("all-but-controllers", "refused")).isEqualTo(refusals);
  }

  @Test
  @Order(5)
  void kubectlPrintsTheReasonWhenItGivesUp() {
    CommandResult result = refused.await(SOON);
    System.out.println(result.stderr());
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr())
        .contains(
            "(TooManyRequests): too many requests: too many at the same time by a limit of this"
                + " proxy; try again in 1 s");
    assertThat(watching.isAlive()).isTrue();
    assertThat(counted("one-watch", "refused")).isGreaterThanOrEqualTo(10);
  }
}
