package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.WholeFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole proxy, once it has started. */
class ProxyAppIT extends AppFixture {
  /** A change of the limit comes into force, and does not fill what was taken. */
  @Test
  void holdsRequestsToRateLimitsAsTheFilesSayNow() throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    Path file = limits.resolve("limit.yaml");
    Files.writeString(file, daily(3));
    start("--flowcontrol-source=builtin,files:" + limits);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> admin("/metrics").body().contains("{rate_limit=\"everybody\"}"));
    HttpClient client = client();
    for (int i = 0; i < 3; i++) {
      assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    HttpResponse<String> refused = client.send(asAlice(NAMESPACES), BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(28_700, 28_800);
    assertThat(refused.body()).contains("a rate limit of this proxy").doesNotContain("everybody");
    assertThat(refused.headers().firstValue("X-Apf-Ratelimit")).isEmpty();
    assertThat(admin("/metrics").body())
        .contains(
            "apf_proxy_rate_limit_requests_total{outcome=\"passed\",rate_limit=\"everybody\"} 3.0",
            "apf_proxy_rate_limit_requests_total{outcome=\"refused\",rate_limit=\"everybody\"} 1.0",
            "apf_proxy_rate_limit_keys{rate_limit=\"everybody\"} 1.0",
            "apf_proxy_rate_limit_keys_overflowed_total{rate_limit=\"everybody\"} 0.0",
            "apf_proxy_rate_limit_fullest_ratio{rate_limit=\"everybody\"} 0.99",
            "apf_proxy_rate_limit_wait_seconds_count{rate_limit=\"everybody\"} 0",
            "apf_proxy_rate_limit_waiting 0.0",
            "apf_proxy_bound_limit{rule=\"rate-limit-waiting\"} 10000.0");

    WholeFile.write(file, daily(4)); // a limit that is gone for a moment begins anew
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode() == 200);
    assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
        .isEqualTo(429);

    Files.delete(file);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode() == 200);
  }

  /** So many at once, and no more on the same day to speak of. */
  private static String daily(int burst) {
    return """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: RateLimit
        metadata: {name: everybody}
        spec:
          rules:
          - subjects: [{kind: User, user: {name: alice}}]
            resourceRules:
            - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
          key: {by: [User]}
          type: TokenBucket
          tokenBucket: {rate: %d, period: 24h, burst: %d}
        """
        .formatted(burst, burst);
  }

  @Test
  void leadsClientsThroughToTheUpstream() throws Exception {
    start("--expose-flow-headers");

    HttpResponse<String> answer = client().send(asAlice(NAMESPACES), BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).contains("kube-system");
    assertThat(answer.headers().firstValue("X-Apf-Flowschema")).hasValue("global-default");
    assertThat(admin("/readyz").statusCode()).isEqualTo(200);
    assertThat(admin("/metrics").body())
        .contains(
            "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"global-default\","
                + "priority_level=\"global-default\"} 1.0")
        .contains("apf_proxy_responses_total{code=\"200\"} 1.0")
        .contains("apf_proxy_ready 1.0");
    assertThat(admin("/metrics").body())
        .contains("apf_proxy_bound_used{rule=\"connections-total\"} 1.0")
        .contains("apf_proxy_bound_limit{rule=\"connections-of-address\"} 10000.0")
        .contains("apf_proxy_bound_overflows_total{rule=\"handshakes-total\"} 0.0");
    assertThat(admin("/debug/api_priority_and_fairness/dump_priority_levels").body())
        .startsWith("PriorityLevelName, ActiveQueues,")
        .contains("\nglobal-default, ");
  }

  @Test
  void limitsConnectionsAsItWasTold() throws Exception {
    start("--max-connections=1", "--max-connections-per-address=1", "--unlimited-addresses=");
    HttpClient first = client();
    assertThat(first.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    HttpClient second = client();
    assertThatThrownBy(() -> second.send(asAlice(NAMESPACES), BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
    assertThat(first.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    assertThat(admin("/metrics").body())
        .containsPattern(
            "apf_proxy_bound_overflows_total\\{rule=\"connections-of-address\"} [1-9]");
  }

  @Test
  void listensNoMoreOnceClosed() throws Exception {
    start();
    HttpClient client = client();
    int adminPort = proxy.adminPort();

    proxy.close();

    assertThatThrownBy(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> admin("/livez")).isInstanceOf(ConnectException.class);
    new ServerSocket(adminPort, 1, InetAddress.getLoopbackAddress()).close();
    proxy.close(); // harmless
  }

  @Tag("S94")
  @Test
  void finishesRequestsBeforeItStops() throws Exception {
    // Given
    start("--shutdown-grace=60s");
    HttpClient client =
        LocalProxy.client(proxy, HttpClient.Version.HTTP_1_1); // Java's drops all streams at GOAWAY
    client.send(asAlice("/version"), BodyHandlers.ofString());
    upstream.script().on("list", NAMESPACES).times(1).delay(Duration.ofSeconds(10)).play();
    CompletableFuture<HttpResponse<String>> slow =
        client.sendAsync(asAlice(NAMESPACES), BodyHandlers.ofString());
    await().until(() -> admin("/metrics").body().contains("apf_proxy_exchanges 1.0"));

    // When
    CompletableFuture<Void> closed = CompletableFuture.runAsync(proxy::close);

    // Then
    await().untilAsserted(() -> assertThat(admin("/readyz").statusCode()).isEqualTo(503));
    assertThat(slow.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void hasTheClassicLimitsWithoutFairness() throws Exception {
    start("--enable-priority-and-fairness=false");

    assertThat(client().send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(admin("/debug/api_priority_and_fairness/dump_queues").statusCode()).isEqualTo(404);
    String given = "apiserver_current_inflight_requests{request_kind=\"readOnly\"} 0.0";
    await().until(() -> admin("/metrics").body().contains(given)); // back, after the answer
    assertThat(admin("/metrics").body())
        .doesNotContain("apiserver_flowcontrol_current_limit_seats{");
  }
}
