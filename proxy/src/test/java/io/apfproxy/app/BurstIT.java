package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.pki.TrustingTls;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole proxy with a level that bursts. */
@Tag("L-62")
@Tag("L-67")
class BurstIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int SEATS = 12;
  private static final int BURST = 5;
  private static final int REQUESTS = 40;

  /** It has nearly all of the seats, and lends and borrows none. */
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: bursting}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 1000
          borrowingLimitPercent: 0
          burst: {seats: 5, seconds: 60}
          limitResponse: {type: Queue, queuing: {queues: 1, handSize: 1, queueLengthLimit: 100}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: bursting}
      spec:
        priorityLevelConfiguration: {name: bursting}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: alice}}]
          resourceRules:
          - {verbs: [get], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  @TempDir Path directory;

  @Test
  void aLevelThatWasIdleGetsSeatsBeyondItsLimitAndGivesThemBack() throws Exception {
    Path levels = Files.createDirectory(directory.resolve("levels"));
    Files.writeString(levels.resolve("bursting.yaml"), LEVEL);
    try (EmbeddedApiServer upstream =
            EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
                .user("alice")
                .allow("alice", "*", "*")
                .start();
        ProxyApp proxy = ProxyApp.start(options(upstream, levels))) {
      await().atMost(LONG).until(proxy::isReady);
      await().atMost(LONG).until(() -> value(proxy, "credit_seat_seconds") > 30);
      assertThat(value(proxy, "seats_in_use")).isZero();

      upstream.script().on("get", SLOW).delay(Duration.ofSeconds(1)).play();
      await()
          .atMost(LONG)
          .until(
              () -> {
                List<CompletableFuture<HttpResponse<Void>>> flood = flood(proxy, upstream);
                await()
                    .atMost(LONG)
                    .until(
                        () ->
                            value(proxy, "seats_in_use") == BURST
                                || flood.stream().allMatch(CompletableFuture::isDone));
                boolean burst = value(proxy, "seats_in_use") == BURST;
                // upstream has no such object; nobody was refused here
                flood.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(404));
                return burst; // not where the proxy was just looking at upstream without load
              });

      await().atMost(LONG).until(() -> value(proxy, "seats_in_use") == 0);
      assertThat(value(proxy, "granted_total")).isGreaterThanOrEqualTo(BURST);
      assertThat(
              admin(
                  proxy,
                  "/debug/api_priority_and_fairness/explain?method=GET&user=alice&url=" + SLOW))
          .containsPattern(
              "burst    0 seats beyond its limit now, [0-9.]+ of at most 300.0 seat-seconds saved");
    }
  }

  private static List<CompletableFuture<HttpResponse<Void>>> flood(
      ProxyApp proxy, EmbeddedApiServer upstream) throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TrustingTls.context(proxy.certificateAuthority()))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.securePort() + SLOW))
            .header("Authorization", "Bearer " + upstream.token("alice"))
            .build();
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      answers.add(client.sendAsync(request, BodyHandlers.discarding()));
    }
    return answers;
  }

  private ProxyOptions options(EmbeddedApiServer upstream, Path levels) throws Exception {
    return ProxyOptions.of(
        "--kubeconfig=" + upstream.adminKubeconfig(),
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        "--admin-port=0",
        "--cert-dir=" + directory.resolve("certs"),
        "--allow-privileged-impersonation",
        "--flowcontrol-source=builtin,files:" + levels,
        "--max-requests-inflight=" + (SEATS - 1),
        "--max-mutating-requests-inflight=1",
        "--adaptive-seats",
        "--min-seats=" + SEATS,
        "--target-delay=1s", // no busy machine is taken for a busy upstream
        "--burst-seats=20",
        "--shutdown-grace=1s");
  }

  private static double value(ProxyApp proxy, String name) throws Exception {
    return PrometheusText.parse(admin(proxy, "/metrics"))
        .value("apf_proxy_burst_" + name, Map.of("priority_level", "bursting"));
  }

  private static String admin(ProxyApp proxy, String path) throws Exception {
    URI page = URI.create("http://127.0.0.1:" + proxy.adminPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
        .body();
  }
}
