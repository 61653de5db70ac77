package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.Trust;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The level of {@code deploy/examples}, applied by kubectl as it stands there, before a real server
 * that is 100 ms away: a tenant who was quiet gets 20 seats beyond his level's, until what was
 * saved is spent. Nothing here depends on how fast the machine is: those who have seats keep them
 * while they are counted. Source: specification limits.md L-60 and L-62.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
@Tag("L-62")
final class BurstRealIT extends OwnKindsFixture {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final Duration ONE_WAY = Duration.ofMillis(50);
  private static final Path EXAMPLE =
      Path.of("..", "deploy", "examples", "level-with-burst.yaml").toAbsolutePath().normalize();
  private static final String LEVEL = "priority_level=\"tenants\"";
  private static final int BURST = 20;
  private static final int MOST = 200;

  /** More than all seats there are, so that somebody waits. */
  private static final int CROWD = 100;

  /** So many at a time, more than all that the level may have. */
  private static final int ASKERS = 80;

  /** How often is looked at what they have. */
  private static final int LOOKS = 100;

  private static TcpRelay wire;
  private static HttpClient client;

  /** All seats together are 54, always; of these the level's share is 10. */
  @BeforeAll
  static void startProxy() throws Exception {
    define("");
    kubectl.run("create", "clusterrole", "tenants", "--verb=get", "--resource=namespaces");
    kubectl.run(
        "create", "clusterrolebinding", "tenants", "--clusterrole=tenants", "--group=tenants");
    wire = new TcpRelay(cluster.url().getPort());
    wire.delay(ONE_WAY);
    proxy =
        ProxyProcess.startWith(
            cluster,
            WireCutReport.byWire(cluster, wire),
            "--flowcontrol-source=builtin,crd",
            "--max-requests-inflight=27",
            "--max-mutating-requests-inflight=27",
            "--adaptive-seats",
            "--min-seats=54",
            "--target-delay=1s", // so that a busy machine is no busy server
            "--burst-seats=" + BURST);
    client =
        HttpClient.newBuilder()
            .sslContext(Trust.in(proxy.certificate(), tenant().keyManagers().getKeyManagers()))
            .build();
  }

  /** Who he is says his certificate: upstream, which is frozen at times, need not be asked. */
  private static TestCertificate tenant() {
    return TestAuthority.read(cluster.pki("ca.crt"), cluster.pki("ca.key"))
        .leaf("tenant")
        .organization("tenants")
        .forClients()
        .issue();
  }

  @AfterAll
  static void closeWire() {
    if (wire != null) {
      wire.close();
    }
  }

  /** L-60: the proxy has nothing to say against it. */
  @Test
  @Order(1)
  void kubectlTakesTheExampleAsWritten() {
    applyExample();

    assertThat(conditions("fs/tenants")).contains("Accepted=Valid", "InForce=Applied");
    assertThat(conditions("plc/tenants")).contains("Accepted=Valid", "InForce=Applied");
    assertThat(flow("nominal_limit_seats")).isEqualTo(10);
  }

  @Test
  @Order(2)
  void withBurstAndWithoutAllAreServed() {
    withoutBurst();
    String without = timed();

    applyExample();
    await().atMost(SOON).until(() -> burst("credit_seat_seconds") > MOST - 1);
    String with = timed();
    System.out.printf(
        "60 requests at once, 100 ms each: %s without burst, %s with%n", without, with);
  }

  /** L-62: beyond the limit as many as the object says. */
  @Test
  @Order(3)
  void whoWasQuietHasTwentySeatsMore() {
    await().atMost(SOON).until(() -> burst("credit_seat_seconds") > MOST - 1);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> { // again where the proxy was looking at upstream without load
              double beyond = executingOfCrowd() - flow("current_limit_seats");
              assertThat(beyond).isEqualTo(BURST);
            });
    assertThat(proxy.metric("apf_proxy_burst_denied_total", LEVEL, "why=\"seats\"")).isPositive();
  }

  /** L-61, L-62: after that he has what he had before. */
  @Test
  @Order(4)
  void whoHasSpentItIsHeldToHisSeats() {
    await().atMost(SOON).until(() -> burst("credit_seat_seconds") > MOST - 1);
    connect();
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Void>> askers = new ArrayList<>();
    for (int i = 0; i < ASKERS; i++) {
      askers.add(askOnAndOn(over));
    }
    try {
      await().atMost(SOON).until(() -> burst("seats_in_use") > BURST / 2.0);
      await().atMost(SOON).until(() -> burst("credit_seat_seconds") < 1);
      double seats = 0;
      double waiting = 0; // at times nobody, while this machine does not let the askers ask
      for (int i = 0; i < LOOKS; i++) {
        seats += burst("seats_in_use") / LOOKS;
        waiting += flow("current_inqueue_requests") / LOOKS;
      }
      System.out.printf(
          "spent: %.2f seats beyond the limit of %.0f in the mean, %.1f requests wait%n",
          seats, flow("current_limit_seats"), waiting);
      assertThat(waiting).isPositive();
      assertThat(seats).as("what is earned by the way").isLessThan(2);
    } finally {
      over.set(true);
    }
    askers.forEach(CompletableFuture::join);
  }

  /** Asks again when he has his answer. */
  private static CompletableFuture<Void> askOnAndOn(AtomicBoolean over) {
    return send(1)
        .get(0)
        .thenCompose(
            answer -> {
              assertThat(answer.statusCode()).isEqualTo(200);
              return over.get() ? CompletableFuture.completedFuture(null) : askOnAndOn(over);
            });
  }

  @Test
  @Order(5)
  void withoutTheFieldHeHasHisSeatsAndNoMore() {
    withoutBurst();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> { // again where the limit moved meanwhile
              double beyond = executingOfCrowd() - flow("current_limit_seats");
              assertThat(beyond).isZero();
            });
  }

  /** Those of a crowd who have seats, while no answer comes; then all are answered. */
  private static double executingOfCrowd() {
    connect();
    wire.freeze();
    List<CompletableFuture<HttpResponse<Void>>> answers = send(CROWD);
    double executing;
    try {
      await()
          .atMost(SOON)
          .until(
              () -> flow("current_executing_requests") + flow("current_inqueue_requests") == CROWD);
      executing = flow("current_executing_requests");
      System.out.printf(
          "of %d requests %.0f have seats, of a limit of %.0f%n",
          CROWD, executing, flow("current_limit_seats"));
    } finally {
      wire.thaw();
    }
    assertThat(statuses(answers)).containsOnly(200);
    return executing;
  }

  private static void applyExample() {
    kubectl.run("apply", "-f", EXAMPLE.toString(), "--validate=strict").orThrow();
    kubectl
        .run("wait", "--for=condition=InForce", "fs/tenants", "plc/tenants", "--timeout=60s")
        .orThrow();
    await().atMost(SOON).until(BurstRealIT::mayBurst);
  }

  private static void withoutBurst() {
    patch("plc/tenants", "{\"spec\": {\"limited\": {\"burst\": null}}}");
    await().atMost(SOON).until(() -> !mayBurst());
  }

  private static boolean mayBurst() {
    return proxy.page("/metrics").contains("apf_proxy_burst_seats_in_use{" + LEVEL);
  }

  private static List<String> conditions(String object) {
    return List.of(field(object, "range .status.conditions[*]}{.type}={.reason} {end").split(" "));
  }

  private static URI object() {
    return proxy.url().resolve("/api/v1/namespaces/default");
  }

  /** Gets the object so often at once. */
  private static List<CompletableFuture<HttpResponse<Void>>> send(int number) {
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      HttpRequest request = HttpRequest.newBuilder(object()).timeout(SOON).build();
      answers.add(client.sendAsync(request, BodyHandlers.discarding()));
    }
    return answers;
  }

  private static List<Integer> statuses(List<CompletableFuture<HttpResponse<Void>>> answers) {
    return answers.stream().map(answer -> answer.join().statusCode()).toList();
  }

  /** His connection, and the one to upstream, stand then. */
  private static void connect() {
    assertThat(statuses(send(1))).containsOnly(200);
    await().atMost(SOON).until(() -> flow("current_executing_requests") == 0);
  }

  private static String timed() {
    connect();
    double limit = flow("current_limit_seats");
    long begun = System.nanoTime();
    assertThat(statuses(send(60))).containsOnly(200);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    return "%d ms with %.0f seats".formatted(millis, limit);
  }

  private static double flow(String name) {
    return proxy.metric("apiserver_flowcontrol_" + name, LEVEL);
  }

  private static double burst(String name) {
    return proxy.metric("apf_proxy_burst_" + name, LEVEL);
  }
}
