package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A proxy that stands still, as in a long collection, does not take that for a slow upstream. */
@Tag("L-41")
@Tag("S93")
class AdaptivePauseIT extends AppFixture {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int MOST = 12;
  private static final int CLIENTS = 24;

  private final ExecutorService clients = Executors.newFixedThreadPool(2);
  private ChildProxy child;

  @AfterEach
  void stopChild() {
    clients.shutdownNow();
    if (child != null) {
      child.close();
    }
  }

  @Test
  void takesNothingAwayAfterItStoodStillForThreeSeconds() throws Exception {
    upstream.script().on("get", SLOW).delay(Duration.ofMillis(200)).play();
    child =
        startJar(
                List.of("-Xmx512m"),
                "--max-requests-inflight=" + (MOST - 1),
                "--max-mutating-requests-inflight=1",
                "--adaptive-seats",
                "--min-seats=2",
                "--target-delay=1s", // less than the pause, more than a busy machine takes
                "--shutdown-grace=1s")
            .awaitReady();
    HttpClient client = clientOfJar();
    HttpRequest slow =
        HttpRequest.newBuilder(asAlice(child, SLOW), (name, value) -> true).timeout(LONG).build();
    for (int i = 0; i < CLIENTS; i++) {
      again(client, slow);
    }
    await().atMost(LONG).until(() -> value("seats", "bound", "now") == MOST);
    double cuts = value("seats_changes_total", "why", "cut");
    double answered = value("upstream_pulses_total", "outcome", "answered");

    child.signal("STOP");
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    } finally {
      child.signal("CONT");
    }

    // ten ticks would be enough for ten cuts
    await()
        .atMost(LONG)
        .until(() -> value("upstream_pulses_total", "outcome", "answered") >= answered + 100);
    assertThat(value("seats_changes_total", "why", "cut")).isEqualTo(cuts);
    assertThat(value("seats_changes_total", "why", "recovery")).isZero();
  }

  /** Asks again whenever it was answered. */
  private void again(HttpClient client, HttpRequest request) {
    var unused =
        client
            .sendAsync(request, BodyHandlers.discarding())
            .whenComplete(
                (answer, cause) -> {
                  if (!clients.isShutdown()) {
                    clients.execute(() -> again(client, request));
                  }
                });
  }

  private double value(String name, String label, String value) {
    return PrometheusText.parse(child.page("/metrics"))
        .value("apf_proxy_" + name, Map.of(label, value));
  }
}
