package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** S38: clients that cancel in mass share connections to the real server with one that does not. */
@Tag("S38")
@RealControlPlane
final class CancellationsRealIT {
  private static final int CLIENTS = 10;
  private static final int REQUESTS_OF_EACH = 50;
  private static final int POLITE_WATCHES = 50;
  private static final String CONFIG_MAPS = "/api/v1/namespaces/cancelled/configmaps";
  private static final long CANCEL = 8;

  private final Vertx vertx = Vertx.vertx();
  private final List<HttpClient> clients = new ArrayList<>(); // else garbage, and closed
  private final AtomicInteger cancelled = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void fiveHundredCancelledRequestsDisturbNobodyElse(ControlPlane cluster) {
    ProxyAccess.grant(cluster);
    cluster.kubectl("admin").run("create", "namespace", "cancelled").orThrow();
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster);
        WatchCrowd polite =
            new WatchCrowd(
                proxy.url(),
                proxy.certificate(),
                ControlPlane.token("admin"),
                POLITE_WATCHES,
                "announced")) {
      // Given
      polite.open(CONFIG_MAPS + "?watch=true");
      within(60).untilAsserted(() -> assertThat(polite.opened()).isEqualTo(POLITE_WATCHES));
      ApiClient reader =
          ApiClient.withToken(
              proxy.url(), proxy.certificate(), ControlPlane.token("admin"), Version.HTTP_2);

      // When
      for (int client = 0; client < CLIENTS; client++) {
        cancelMany(proxy);
      }

      // Then
      List<Integer> statuses = new ArrayList<>();
      within(60)
          .untilAsserted(
              () -> {
                statuses.add(reader.get(CONFIG_MAPS).join().statusCode());
                assertThat(cancelled).hasValue(CLIENTS * REQUESTS_OF_EACH);
              });
      for (int i = 0; i < 50; i++) {
        statuses.add(reader.get(CONFIG_MAPS + "?limit=" + (i + 1)).join().statusCode());
      }
      assertThat(statuses).containsOnly(200);
      cluster.kubectl("admin").run("create", "configmap", "announced", "-n", "cancelled").orThrow();
      within(60).untilAsserted(() -> assertThat(polite.informed()).isEqualTo(POLITE_WATCHES));
      assertThat(polite.ended()).isZero();
      assertThat(proxy.page("/metrics")).doesNotContain("rule=\"upstream-");
      within(60)
          .untilAsserted(
              () ->
                  assertThat(proxy.metric("apf_proxy_upstream_streams")).isEqualTo(POLITE_WATCHES));
    }
  }

  /** Half watches, cancelled when they have begun; half lists, cancelled at once. */
  private void cancelMany(ProxyProcess proxy) {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setTrustOptions(new PemTrustOptions().addCertPath(proxy.certificate().toString())),
            new PoolOptions().setHttp2MaxSize(1).setMaxWaitQueueSize(-1));
    clients.add(client);
    for (int i = 0; i < REQUESTS_OF_EACH; i++) {
      boolean watch = i % 2 == 0;
      client
          .request(
              new RequestOptions()
                  .setMethod(HttpMethod.GET)
                  .setHost(proxy.url().getHost())
                  .setPort(proxy.url().getPort())
                  .setURI(CONFIG_MAPS + (watch ? "?watch=true" : ""))
                  .putHeader("Authorization", "Bearer " + ControlPlane.token("alice")))
          .onSuccess(request -> sendAndCancel(request, watch));
    }
  }

  private void sendAndCancel(HttpClientRequest request, boolean whenBegun) {
    Future<?> sent = whenBegun ? request.send() : request.end();
    sent.onComplete(
        any -> {
          request.reset(CANCEL);
          cancelled.incrementAndGet();
        });
  }

  private static ConditionFactory within(int seconds) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(seconds))
        .pollInterval(Duration.ofMillis(100));
  }
}
