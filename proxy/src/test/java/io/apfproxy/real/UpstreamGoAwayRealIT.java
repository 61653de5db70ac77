package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A server that sends connections away at random, as one behind a load balancer does, costs no
 * client a request. Longer by {@code -Dapf.goaway.requests=100000}.
 */
@Tag("S86")
@RealControlPlane(flags = "--goaway-chance=0.02")
final class UpstreamGoAwayRealIT {
  private static final int REQUESTS = Integer.getInteger("apf.goaway.requests", 3000);
  private static final Duration LIMIT = Duration.ofSeconds(60 + REQUESTS / 50);
  private static final int UNDER_WAY = 16;
  private static final String NAMESPACE = "/api/v1/namespaces/default";

  @Test
  void losesNoRequestToAServerThatSendsConnectionsAway(ControlPlane cluster) throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    Vertx vertx = Vertx.vertx();
    Set<TcpRelay.Link> connections = new HashSet<>();
    LoadReport seen;
    try (TcpRelay wire = new TcpRelay(cluster.url().getPort());
        ProxyProcess proxy =
            ProxyProcess.startWith(cluster, through(wire, cluster.kubeconfig("proxy")));
        LoadClient client = new LoadClient(vertx, target(proxy))) {

      // When
      Load load = client.start(readsAndWrites(), Pace.closedLoop(UNDER_WAY));
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                connections.addAll(wire.links());
                return ended(load.report()) >= REQUESTS;
              });
      seen = load.stop();
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }

    // Then
    System.out.printf(
        "%s, %d failed, over %d connections%n",
        seen.statuses(), seen.failures(), connections.size());
    assertThat(seen.failures()).isZero();
    assertThat(seen.statuses().keySet()).isSubsetOf(200, 201);
    assertThat(connections).as("sent away now and then").hasSizeGreaterThan(REQUESTS / 500);
  }

  private static long ended(LoadReport report) {
    return report.failures() + report.statuses().values().stream().mapToLong(Long::longValue).sum();
  }

  private static Supplier<LoadRequest> readsAndWrites() {
    AtomicInteger number = new AtomicInteger();
    return () -> {
      int next = number.incrementAndGet();
      return next % 4 == 0
          ? new LoadRequest(
              HttpMethod.POST,
              NAMESPACE + "/configmaps?dryRun=All",
              "application/json",
              "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m"
                  + next
                  + "\"}}")
          : new LoadRequest(HttpMethod.GET, NAMESPACE, "", "");
    };
  }

  private static Target target(ProxyProcess proxy) throws IOException {
    return new Target(
        proxy.url().getHost(),
        proxy.url().getPort(),
        Files.readString(proxy.certificate()),
        ControlPlane.token("alice"),
        HttpVersion.HTTP_2,
        2);
  }

  private static Path through(TcpRelay wire, Path kubeconfig) throws IOException {
    return Files.writeString(
        kubeconfig.resolveSibling("through-a-relay.kubeconfig"),
        Files.readString(kubeconfig)
            .replaceFirst("https://127.0.0.1:\\d+", "https://127.0.0.1:" + wire.port()));
  }
}
