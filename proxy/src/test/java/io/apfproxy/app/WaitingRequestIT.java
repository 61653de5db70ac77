package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request that waits for seats keeps in the heap: thirty thousand may. */
class WaitingRequestIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration HELD = Duration.ofMinutes(5);
  private static final int FIRST = 50;
  private static final int OF_A_CLIENT = 50;
  private static final int ALL = 4 * OF_A_CLIENT;

  /** Of our own classes, in bytes; it is 1,256, and may be more on a busy machine. */
  private static final long MOST_OF_OURS = 1_600;

  @Test
  void keepsLittleOfItsOwnAndNoQueueOfVertx() throws Exception {
    start(
        "--max-requests-inflight=1",
        "--max-mutating-requests-inflight=1",
        "--request-timeout=10m", // nobody gives up
        "--shutdown-grace=1s");
    HttpClient first = connected();
    List<HttpClient> others = List.of(connected(), connected(), connected(), connected());
    upstream.script().on("list", NAMESPACES).delay(HELD).play();
    ask(first, FIRST);
    await().atMost(LONG).until(() -> asked() == FIRST);
    ClassHistogram before = ClassHistogram.take();

    others.forEach(client -> ask(client, OF_A_CLIENT));

    await().atMost(LONG).until(() -> asked() == FIRST + ALL);
    await() // a thread may still be at the last one
        .atMost(LONG)
        .untilAsserted(
            () -> {
              ClassHistogram after = ClassHistogram.take();
              assertThat(after.moreThan(before, name -> name.endsWith("MpscUnboundedArrayQueue")))
                  .as("queues with room for a thousand writes, beside those of connections")
                  .isLessThan(ALL / 4);
              assertThat(after.bytesMoreThan(before, ClassHistogram::isOurs))
                  .as("bytes of ours")
                  .isLessThan(ALL * MOST_OF_OURS);
            });
  }

  /** Its one connection stands. */
  private HttpClient connected() throws Exception {
    HttpClient client = client();
    assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    return client;
  }

  private void ask(HttpClient client, int times) {
    HttpRequest patient =
        HttpRequest.newBuilder(asAlice(NAMESPACES), (name, value) -> true).timeout(HELD).build();
    for (int i = 0; i < times; i++) {
      var unused = client.sendAsync(patient, BodyHandlers.discarding());
    }
  }

  /** How many are upstream, or wait. */
  private double asked() throws Exception {
    PrometheusText metrics = PrometheusText.parse(admin("/metrics").body());
    return metrics.samples().stream()
        .filter(
            sample ->
                sample.name().equals("apiserver_flowcontrol_current_inqueue_requests")
                    || sample.name().equals("apiserver_flowcontrol_current_executing_requests"))
        .filter(sample -> "global-default".equals(sample.labels().get("priority_level")))
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }
}
