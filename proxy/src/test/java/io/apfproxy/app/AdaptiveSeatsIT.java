package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.TcpRelay;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole proxy with seats that follow what its upstream bears. */
@Tag("L-44")
@Tag("L-55")
@Tag("L-94")
class AdaptiveSeatsIT extends AppFixture {
  /** Nothing is judged while the proxy itself is late, which it often is on a busy machine. */
  private static final Duration LONG = Duration.ofMinutes(4);

  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int LEAST = 2;
  private static final int MOST = 12;
  private static final int FIRST = 4; // between the two
  private static final int CLIENTS = 24;

  @Test
  void growWhileSomebodyWaitsAndBeginAnewWhenItIsBack() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(2);
    try (TcpRelay wire = new TcpRelay(upstream.port())) {
      startAdaptive(LEAST, MOST, "--kubeconfig=" + through(wire));
      assertThat(seats("now")).isEqualTo(FIRST);
      await().atMost(LONG).until(proxy::isReady);
      await().atMost(LONG).until(() -> value("upstream_state", "state", "idle") == 1);
      assertThat(seats("now")).as("nobody waits").isEqualTo(FIRST);

      upstream.script().on("get", SLOW).delay(Duration.ofMillis(200)).play();
      flood(clients);
      await().atMost(LONG).until(() -> seats("now") == MOST);

      wire.cut();
      await().atMost(LONG).until(() -> value("upstream_state", "state", "down") == 1);
      assertThat(value("upstream_state", "state", "idle")).isZero();
      wire.mend();
      await().atMost(LONG).until(() -> value("seats_changes_total", "why", "recovery") == 1);
      await().atMost(LONG).until(() -> seats("now") == MOST);

      assertThat(value("seats_changes_total", "why", "grow")).isGreaterThanOrEqualTo(4);
    } finally {
      clients.shutdownNow();
    }
  }

  /** Each of some clients asks again when it was answered. */
  private void flood(ExecutorService clients) {
    HttpClient client = client();
    for (int i = 0; i < CLIENTS; i++) {
      again(client, asAlice(SLOW), clients);
    }
  }

  private void again(HttpClient client, HttpRequest request, ExecutorService clients) {
    var unused =
        client
            .sendAsync(request, BodyHandlers.discarding())
            .whenComplete(
                (answer, cause) -> {
                  if (!clients.isShutdown()) {
                    clients.execute(() -> again(client, request, clients));
                  }
                });
  }

  private Path through(TcpRelay wire) throws Exception {
    return Files.writeString(
        directory.resolve("wired.kubeconfig"),
        Files.readString(upstream.adminKubeconfig())
            .replace(":" + upstream.port(), ":" + wire.port()));
  }

  private double seats(String bound) throws Exception {
    return value("seats", "bound", bound);
  }

  private double value(String name, String label, String value) throws Exception {
    return LocalProxy.metric(proxy, "apf_proxy_%s{%s=\"%s\"}".formatted(name, label, value));
  }
}
