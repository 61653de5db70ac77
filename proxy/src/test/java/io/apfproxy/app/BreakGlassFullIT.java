package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.server.log.RefusalLog;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * The break-glass listener while all that everybody's has is full, and while strangers are at it.
 *
 * <p>{@code -Dapf.glass.handshakes=10000} lets strangers try for longer.
 */
@Tag("S82")
@DisplayName("Break-glass listener when all is full (L-80, L-82, L-83)")
@Timeout(600)
class BreakGlassFullIT extends BreakGlassFixture {
  private static final int HANDSHAKES = Integer.getInteger("apf.glass.handshakes", 400);
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final String NODES = "/api/v1/nodes";
  private static final int CONNECTIONS = 8;

  private final List<Socket> sockets = new ArrayList<>();

  @Test
  void answersWhileEverybodysListenerIsFullAndItsEventLoopStandsStill() throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    start(
        "--event-loops=1",
        "--max-connections=" + CONNECTIONS,
        "--max-tls-handshakes=1",
        "--max-requests-inflight=1",
        "--max-mutating-requests-inflight=1",
        "--max-watches=1",
        "--flowcontrol-source=builtin,files:" + limits);
    HttpClient alice = LocalProxy.client(proxy, HttpClient.Version.HTTP_2);
    alice.send(list(), BodyHandlers.discarding()); // over one connection from now on
    fillSeatsAndQueues(alice);
    fillRateLimit(alice, limits);
    fillConnections();
    CountDownLatch goesOn = new CountDownLatch(1);
    try (BlockingLog stands = new BlockingLog(goesOn)) {
      var unused = alice.sendAsync(list(), BodyHandlers.discarding()); // is refused, and logged
      assertThat(stands.reached.await(60, TimeUnit.SECONDS)).isTrue();

      for (int i = 0; i < 3; i++) {
        HttpResponse<String> answer = get(ANN, NODES);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      }

      assertThat(goesOn.getCount()).as("and it stands still as before").isEqualTo(1);
      assertThat(metric("apf_proxy_break_glass_requests_total{code=\"200\"}")).isEqualTo(3);
    } finally {
      goesOn.countDown();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private HttpRequest list() {
    return HttpRequest.newBuilder(LocalProxy.url(proxy, NAMESPACES))
        .header("Authorization", "Bearer " + upstream.token("alice"))
        .build();
  }

  private void fillSeatsAndQueues(HttpClient alice) throws Exception {
    upstream.script().on("list", NAMESPACES).delay(Duration.ofMinutes(10)).play();
    for (int i = 0; i < 20; i++) {
      var unused = alice.sendAsync(list(), BodyHandlers.discarding());
    }
    await().atMost(LONG).until(() -> sum("apiserver_flowcontrol_current_inqueue_requests") >= 10);
  }

  private void fillRateLimit(HttpClient alice, Path folder) throws Exception {
    Files.writeString(
        folder.resolve("limit.yaml"),
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: RateLimit
        metadata: {name: everybody}
        spec:
          stage: BeforeAuthentication
          rules:
          - resourceRules:
            - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
          type: TokenBucket
          tokenBucket: {rate: 1, period: 24h, burst: 1}
        """);
    await()
        .atMost(LONG)
        .until(
            () -> {
              var unused = alice.sendAsync(list(), BodyHandlers.discarding());
              return sum("apf_proxy_rate_limit_fullest_ratio") > 0.9;
            });
  }

  private void fillConnections() throws Exception {
    TlsClient silent = new TlsClient(proxy.securePort());
    for (int i = 0; i < CONNECTIONS; i++) {
      sockets.add(silent.silent());
    }
    await()
        .atMost(LONG)
        .until(() -> metric("apf_proxy_bound_used{rule=\"connections-total\"}") == CONNECTIONS);
  }

  /** Of all series of a metric. */
  private double sum(String name) throws Exception {
    return Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$")
        .matcher(LocalProxy.admin(proxy, "/metrics").body())
        .results()
        .mapToDouble(sample -> Double.parseDouble(sample.group(1)))
        .sum();
  }

  /** Lets the event loop that refuses somebody stand still in the middle of saying so. */
  private static final class BlockingLog extends AppenderBase<ILoggingEvent>
      implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch until;

    BlockingLog(CountDownLatch until) {
      this.until = until;
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      reached.countDown();
      try {
        assertThat(until.await(120, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      logger.detachAppender(this);
    }
  }

  @Test
  void lendsItsSeatsToNobodyAndRefusesWhoFindsItsQueueFull() throws Exception {
    start("--break-glass-seats=1");
    HttpClient ann = client(ANN, HttpClient.Version.HTTP_2);
    HttpRequest list = HttpRequest.newBuilder(url(NAMESPACES)).build();
    ann.send(list, BodyHandlers.discarding()); // over one connection from now on
    upstream.script().on("list", NAMESPACES).delay(Duration.ofMinutes(10)).play();
    for (int i = 0; i < 1 + 64; i++) {
      var unused = ann.sendAsync(list, BodyHandlers.discarding());
    }
    await()
        .atMost(LONG)
        .until(() -> metric("apf_proxy_bound_used{rule=\"break-glass-waiting\"}") == 64);

    HttpResponse<String> refused = ann.send(list, BodyHandlers.ofString());

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(requests("429")).isEqualTo(1);
    assertThat(metric("apf_proxy_break_glass_seats_in_use")).isEqualTo(1);
    assertThat(metric("apf_proxy_bound_overflows_total{rule=\"break-glass-waiting\"}"))
        .isEqualTo(1);
    HttpRequest others =
        HttpRequest.newBuilder(LocalProxy.url(proxy, NODES))
            .header("Authorization", "Bearer " + upstream.token("alice"))
            .build();
    assertThat(
            LocalProxy.client(proxy, HttpClient.Version.HTTP_2)
                .send(others, BodyHandlers.discarding())
                .statusCode())
        .as("everybody else notices nothing")
        .isEqualTo(200);
  }

  /** Handshakes that come to nothing, and connections that say nothing. */
  @Test
  void letsHoldersInWhileStrangersAreAtTheDoor() throws Exception {
    start();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger handshakes = new AtomicInteger();
    ClientChain stranger =
        ClientChain.of(
            TestAuthority.named("admins").leaf("ann").organization("on-call").forClients().issue());
    List<CompletableFuture<Void>> strangers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      TlsClient client = tls(i % 2 == 0 ? null : stranger).from("127.0.0." + (10 + i));
      strangers.add(
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  assertThat(code(client)).isEqualTo(-1);
                  handshakes.incrementAndGet();
                }
              },
              task -> new Thread(task, "strangers").start()));
    }
    for (int i = 0; i < 3; i++) {
      TlsClient client = tls(null).from("127.0.0." + (20 + i));
      strangers.add(
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  sayNothing(client, 12);
                }
              },
              task -> new Thread(task, "silent strangers").start()));
    }
    List<Long> millis = new ArrayList<>();
    while (millis.size() < 20 || handshakes.get() < HANDSHAKES) {
      long begun = System.nanoTime();
      assertThat(code(tls(ClientChain.of(ANN)))).isEqualTo(200);
      millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
      assertThat(metric("apf_proxy_bound_used{rule=\"break-glass-connections-total\"}"))
          .isLessThanOrEqualTo(64);
    }
    over.set(true);
    proxy.close(); // ends those that say nothing
    strangers.forEach(CompletableFuture::join);
    Collections.sort(millis);
    System.out.printf(
        "%d handshakes of strangers, 36 silent connections: a holder was served %d times, in %d ms"
            + " (median), %d ms (longest)%n",
        handshakes.get(),
        millis.size(),
        millis.get(millis.size() / 2),
        millis.get(millis.size() - 1));
  }

  private static void sayNothing(TlsClient client, int connections) {
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        silent.add(client.silent());
      }
      for (Socket each : silent) {
        while (each.getInputStream().read() >= 0) {}
      }
    } catch (IOException e) {
      // turned away
    } finally {
      for (Socket each : silent) {
        try {
          each.close();
        } catch (IOException e) {
          // it has ended already
        }
      }
    }
  }
}
