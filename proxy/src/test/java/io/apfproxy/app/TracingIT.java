package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.StartException;
import io.apfproxy.fixtures.otlp.CollectedSpan;
import io.apfproxy.fixtures.otlp.OtlpCollector;
import io.apfproxy.fixtures.realcluster.FreePort;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A proxy that is traced, before a server and a collector. Specification seeing.md V-93 to V-97.
 */
@DisplayName("Traces of a proxy (V-95, V-96, V-97)")
class TracingIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int ALL = 1_000_000;
  private static final String LOST = "apf_proxy_spans_dropped_total";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CONFIGMAP = "/api/v1/namespaces/shop/configmaps/till";

  private static final String WAITED =
      "apiserver_flowcontrol_request_wait_duration_seconds_sum{execute=\"true\","
          + "flow_schema=\"global-default\",priority_level=\"global-default\"}";

  private final OtlpCollector collector = OtlpCollector.start();

  @AfterEach
  void closeCollector() {
    collector.close();
  }

  private String tracing(String endpoint, int perMillion) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("tracing.yaml"),
            """
            apiVersion: apiserver.config.k8s.io/v1
            kind: TracingConfiguration
            endpoint: %s
            samplingRatePerMillion: %d
            """
                .formatted(endpoint, perMillion));
    return "--tracing-config-file=" + file;
  }

  private HttpResponse<Void> ask(String user, String path, String... more) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(as(user, path), (name, value) -> true);
    if (more.length > 0) {
      request.headers(more);
    }
    return client().send(request.build(), BodyHandlers.discarding());
  }

  private List<CollectedSpan> arrived(int number) {
    await().atMost(LONG).until(() -> collector.spans().size() >= number);
    return collector.spans();
  }

  private static CollectedSpan named(List<CollectedSpan> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void tellTheCollectorOfEachRequestUnderTheIdsOfItsClientAndOfTheAccessLog() throws Exception {
    Path log = directory.resolve("access.log");
    start(tracing(collector.url(), ALL), "--access-log=" + log);

    ask("alice", NAMESPACES, "Audit-ID", "mine-1");
    List<CollectedSpan> spans = arrived(4);

    assertThat(spans).extracting(CollectedSpan::service).containsOnly("apf-proxy");
    CollectedSpan whole = named(spans, "GET /api/v1/namespaces");
    assertThat(spans)
        .filteredOn(span -> !span.equals(whole))
        .hasSize(3)
        .allSatisfy(span -> assertThat(span.traceId()).isEqualTo(whole.traceId()))
        .allSatisfy(span -> assertThat(span.parentId()).isEqualTo(whole.spanId()))
        .allSatisfy(span -> assertThat(span.start()).isGreaterThanOrEqualTo(whole.start()))
        .allSatisfy(span -> assertThat(span.end()).isBetween(span.start(), whole.end()))
        .extracting(CollectedSpan::name)
        .containsExactlyInAnyOrder("authentication", "priorityandfairness", "upstream");
    assertThat(whole.parentId()).isEmpty();
    assertThat(whole.attributes())
        .containsEntry("audit-id", "mine-1")
        .containsEntry("http.response.status_code", 200L)
        .containsKeys("apf.seats", "apf.wait", "apf.flow_schema", "user_agent.original")
        .doesNotContainKey("enduser.id");
    assertThat((Double) whole.attributes().get("apf.wait"))
        .as("as flow control's metric has it")
        .isCloseTo(LocalProxy.metric(proxy, WAITED), within(1e-9));
    await().atMost(LONG).until(() -> Files.exists(log) && !Files.readAllLines(log).isEmpty());
    JsonNode line = new ObjectMapper().readTree(Files.readAllLines(log).get(0));
    assertThat(line.path("trace-id").asText()).isEqualTo(whole.traceId());
    assertThat(line.path("audit-ID").asText()).isEqualTo("mine-1");
    assertThat(admin("/metrics").body())
        .contains(LOST + " 0.0")
        .contains("apf_proxy_bound_limit{rule=\"spans\"} 2048.0")
        .contains("apf_proxy_bound_limit{rule=\"trace-roots\"} 100.0");
  }

  @Test
  void nameTheRuleOfARefusal() throws Exception {
    String levels = Narrow.level(directory, "narrow", 0, "{type: Reject}", List.of("alice"));
    start(tracing(collector.url(), ALL), levels, "--expose-flow-headers");

    assertThat(ask("alice", CONFIGMAP).statusCode()).isEqualTo(429);

    CollectedSpan whole =
        named(arrived(3), "GET /api/v1/namespaces/{:namespace}/configmaps/{:name}");
    assertThat(whole.attributes())
        .containsEntry("apf.refused", "concurrency-limit")
        .containsEntry("http.response.status_code", 429L)
        .containsEntry("enduser.id", "alice");
    assertThat(collector.spans()).extracting(CollectedSpan::name).doesNotContain("upstream");
  }

  @Test
  void areNotMadeByWhatAnOrdinaryUserSaysOfHis() throws Exception {
    start(tracing(collector.url(), 0));

    String sampled = "00-" + TRACE + "-b7ad6b7169203331-01";
    assertThat(ask("alice", NAMESPACES, "traceparent", sampled).statusCode()).isEqualTo(200);

    proxy.close(); // tells what there is
    proxy = null;
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void haveHisAsALinkIfTheRatioKeepsThem() throws Exception {
    start(tracing(collector.url(), ALL));

    ask("alice", NAMESPACES, "traceparent", "00-" + TRACE + "-b7ad6b7169203331-00");

    assertThat(named(arrived(4), "GET /api/v1/namespaces").links()).containsExactly(TRACE);
    assertThat(collector.spans()).extracting(CollectedSpan::traceId).doesNotContain(TRACE);
  }

  @Test
  void thatTheCollectorDoesNotTakeHoldUpNobodyAndAreCounted() throws Exception {
    collector.answer(400);
    start(tracing(collector.url(), ALL));

    for (int i = 0; i < 10; i++) {
      assertThat(ask("alice", NAMESPACES).statusCode()).isEqualTo(200);
    }

    await().atMost(LONG).until(() -> LocalProxy.metric(proxy, LOST) == 40);
    collector.answer(200);
    ask("alice", NAMESPACES);
    arrived(4);
  }

  @Test
  void thatFindNoCollectorHoldUpNobody() throws Exception {
    start(tracing("http://127.0.0.1:" + FreePort.find(), ALL), "--shutdown-grace=1s");
    for (int i = 0; i < 10; i++) {
      assertThat(ask("alice", NAMESPACES).statusCode()).isEqualTo(200);
    }
    await()
        .atMost(LONG)
        .until(
            () ->
                LocalProxy.metric(proxy, LOST) > 0
                    || LocalProxy.metric(proxy, "apf_proxy_bound_used{rule=\"spans\"}") > 0);
  }

  @Test
  void areNotMadeUnasked() throws Exception {
    start();
    ask("alice", NAMESPACES);
    assertThat(admin("/metrics").body()).doesNotContain("spans");
  }

  @Test
  void wantAUrl() {
    assertThatThrownBy(() -> start(tracing("localhost:4317", ALL)))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--tracing-config-file: "
                + directory.resolve("tracing.yaml")
                + ":3: endpoint: found \"localhost:4317\", expected a URL of OTLP over HTTP such as"
                + " http://localhost:4318");
  }
}
