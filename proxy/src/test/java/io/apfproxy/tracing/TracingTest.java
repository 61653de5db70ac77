package io.apfproxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.WouldHave;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose traces are joined, and what spans say. Specification seeing.md V-95, V-96. */
@DisplayName("Traces (V-95, V-96)")
class TracingTest {
  private static final int ALL = 1_000_000;
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String NOT_SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-00";
  private static final String POD = "/api/v1/namespaces/shop/pods/till";
  private static final UserInfo ANN = UserInfo.of("ann", "dev", UserInfo.AUTHENTICATED);

  private final KeptSpans kept = new KeptSpans();
  private final ManualClock clock = new ManualClock();
  private Tracing tracing;

  private Tracing tracing(int perMillion, boolean namesUsers) {
    tracing =
        new Tracing(
            kept,
            new TracingConfiguration(URI.create("http://localhost:4318/v1/traces"), perMillion),
            "1",
            namesUsers,
            clock);
    return tracing;
  }

  @AfterEach
  void close() {
    tracing.close();
  }

  private static Map<String, Object> attributes(SpanData span) {
    Map<String, Object> attributes = new HashMap<>();
    span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
    return attributes;
  }

  private static void expectTimes(SpanData span, long from, long to) {
    assertThat(span.getStartEpochNanos())
        .as("begin of %s", span.getName())
        .isEqualTo(ManualClock.EPOCH + TracedRequest.at(from));
    assertThat(span.getEndEpochNanos())
        .as("end of %s", span.getName())
        .isEqualTo(ManualClock.EPOCH + TracedRequest.at(to));
  }

  @Test
  void ofARequestIsATreeOfFourSpans() {
    TracedRequest request =
        TracedRequest.of("GET", POD).by(tracing(ALL, false), ANN).seated(null).sent(200);
    request.end();
    tracing.flush();

    SpanData whole = kept.named("GET /api/v1/namespaces/{:namespace}/pods/{:name}");
    assertThat(whole.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(whole.getParentSpanContext().isValid()).isFalse();
    assertThat(whole.getLinks()).isEmpty();
    expectTimes(whole, 0, 15);
    assertThat(attributes(whole))
        .isEqualTo(
            Map.of(
                "audit-id", "id-1",
                "http.request.method", "GET",
                "http.response.status_code", 200L,
                "user_agent.original", "kubectl/v1.37.0",
                "apf.flow_schema", "schema",
                "apf.priority_level", "level",
                "apf.seats", 2L,
                "apf.wait", 0.004));
    expectTimes(kept.named("authentication"), 0, 2);
    expectTimes(kept.named("priorityandfairness"), 3, 7);
    SpanData upstream = kept.named("upstream");
    expectTimes(upstream, 8, 15);
    assertThat(upstream.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(upstream.getEvents())
        .extracting(EventData::getName, EventData::getEpochNanos)
        .containsExactly(
            tuple("head", ManualClock.EPOCH + TracedRequest.at(11)),
            tuple("end", ManualClock.EPOCH + TracedRequest.at(15)));
    assertThat(kept.spans())
        .hasSize(4)
        .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(whole.getTraceId()))
        .filteredOn(span -> !span.equals(whole))
        .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(whole.getSpanId()));
    assertThat(request.trace().id()).isEqualTo(whole.getTraceId());
    assertThat(request.told("traceparent"))
        .isEqualTo("00-" + whole.getTraceId() + "-" + upstream.getSpanId() + "-01");
    assertThat(request.told("tracestate")).isEmpty();
  }

  @Test
  void ofARefusalNamesTheRuleAndHasNoUpstream() {
    TracedRequest.of("GET", "/version")
        .by(tracing(ALL, false), ANN)
        .refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"))
        .end();
    tracing.flush();

    SpanData whole = kept.named("GET");
    assertThat(attributes(whole))
        .containsEntry("apf.refused", "queue-full")
        .containsEntry("http.response.status_code", 429L)
        .doesNotContainKey("apf.seats");
    assertThat(whole.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    expectTimes(kept.named("priorityandfairness"), 3, 9);
    assertThat(kept.spans()).hasSize(3);
  }

  @Test
  void ofOneThatFailedUpstreamSaysSo() {
    TracedRequest request = TracedRequest.of("GET", POD).by(tracing(ALL, false), ANN).sent(502);
    Account account = request.end();
    assertThat(account.refusal()).isNull();
    tracing.flush();
    assertThat(kept.named("GET /api/v1/namespaces/{:namespace}/pods/{:name}").getStatus())
        .extracting(status -> status.getStatusCode())
        .isEqualTo(StatusCode.ERROR);
  }

  /** OpenTelemetry's conventions: 4xx is an error of the client's span, not of the server's. */
  @Test
  void ofOneThatWasNotFoundIsNoSuccessOfTheUpstreamsSpan() {
    TracedRequest.of("GET", POD).by(tracing(ALL, false), ANN).sent(404).end();
    tracing.flush();
    SpanData upstream = kept.named("upstream");
    assertThat(upstream.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(attributes(upstream))
        .isEqualTo(Map.of("http.request.method", "GET", "http.response.status_code", 404L));
    assertThat(kept.named("GET /api/v1/namespaces/{:namespace}/pods/{:name}").getStatus())
        .extracting(status -> status.getStatusCode())
        .isEqualTo(StatusCode.UNSET);
  }

  @Test
  void callsAMethodThatNobodyKnowsAsTheConventionsDo() {
    TracedRequest.of("BREW", "/version").by(tracing(ALL, false), ANN).sent(405).end();
    tracing.flush();
    for (String span : List.of("BREW", "upstream")) {
      assertThat(attributes(kept.named(span)))
          .containsEntry("http.request.method", "_OTHER")
          .containsEntry("http.request.method_original", "BREW");
    }
  }

  @Test
  void saysWhatALevelInShadowWouldHaveDone() {
    TracedRequest.of("GET", POD)
        .by(tracing(ALL, false), ANN)
        .seated(new WouldHave(true, 0, RejectReason.QUEUE_FULL))
        .sent(200)
        .end();
    tracing.flush();
    assertThat(attributes(kept.named("GET /api/v1/namespaces/{:namespace}/pods/{:name}")))
        .containsEntry("apf.shadow", "refuse queue-full");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nameUsersOnlyIfTheyMay(boolean namesUsers) {
    TracedRequest.of("GET", "/version")
        .by(tracing(ALL, namesUsers), UserInfo.of("canary"))
        .sent(200)
        .end();
    tracing.flush();
    assertThat(kept.named("GET").getAttributes().get(AttributeKey.stringKey("enduser.id")))
        .isEqualTo(namesUsers ? "canary" : null);
    assertThat(kept.spans().toString().contains("canary")).isEqualTo(namesUsers);
  }

  @ParameterizedTest
  @ValueSource(strings = {SAMPLED, NOT_SAMPLED})
  void anOrdinaryUsersTraceIsALinkAndItsFlagChangesNothing(String parent) {
    TracedRequest.of("GET", "/version", "Traceparent", parent, "tracestate", "a=b")
        .by(tracing(ALL, false), ANN)
        .sent(200)
        .end();
    tracing.flush();
    SpanData whole = kept.named("GET");
    assertThat(whole.getTraceId()).isNotEqualTo(TRACE);
    assertThat(whole.getParentSpanContext().isValid()).isFalse();
    assertThat(whole.getLinks())
        .extracting(link -> link.getSpanContext().getTraceId())
        .containsExactly(TRACE);
    tracing.close();

    TracedRequest notChosen =
        TracedRequest.of("GET", "/version", "Traceparent", parent, "tracestate", "a=b")
            .by(tracing(0, false), ANN)
            .sent(200);
    notChosen.end();
    tracing.flush();
    assertThat(kept.spans()).hasSize(3);
    assertThat(notChosen.trace().id()).isEmpty();
    assertThat(notChosen.told("traceparent"))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
        .doesNotContain(TRACE);
    assertThat(notChosen.told("tracestate")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"system:masters", "system:monitoring"})
  void thoseWhoAreTrustedGoOnWithTheirTraces(String group) {
    UserInfo root = UserInfo.of("root", "dev", group);
    TracedRequest request =
        TracedRequest.of("GET", "/version", "traceparent", SAMPLED, "tracestate", "a=b")
            .by(tracing(0, false), root)
            .sent(200);
    request.end();
    tracing.flush();
    assertThat(kept.spans())
        .hasSize(3)
        .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
    assertThat(kept.named("GET").getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(kept.named("GET").getLinks()).isEmpty();
    assertThat(request.told("traceparent"))
        .isEqualTo("00-" + TRACE + "-" + kept.named("upstream").getSpanId() + "-01");
    assertThat(request.told("tracestate")).isEqualTo("a=b");
    tracing.close();

    TracedRequest unwanted =
        TracedRequest.of("GET", "/version", "traceparent", NOT_SAMPLED)
            .by(tracing(ALL, false), root)
            .sent(200);
    unwanted.end();
    tracing.flush();
    assertThat(kept.spans()).as("the trace's beginning said that it is not kept").hasSize(3);
    assertThat(unwanted.told("traceparent")).startsWith("00-" + TRACE).endsWith("-00");
  }

  @Test
  void nobodyIsTrustedForWhomHeActsAs() {
    TracedRequest request =
        TracedRequest.of("GET", "/version", "traceparent", SAMPLED)
            .by(tracing(0, false), ANN, UserInfo.of("root", UserInfo.MASTERS))
            .sent(200);
    assertThat(request.trace().id()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-a-b-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "\u00ff"
      })
  void whatIsNoContextIsNone(String parent) {
    TracedRequest.of("GET", "/version", "traceparent", parent, "tracestate", ",,=")
        .by(tracing(ALL, false), UserInfo.of("root", UserInfo.MASTERS))
        .end();
    tracing.flush();
    assertThat(kept.named("GET").getParentSpanContext().isValid()).isFalse();
    assertThat(kept.named("GET").getLinks()).isEmpty();
  }

  @Test
  void nobodyHasTwoParents() {
    TracedRequest.of("GET", "/version", "traceparent", SAMPLED, "TraceParent", SAMPLED)
        .by(tracing(ALL, false), UserInfo.of("root", UserInfo.MASTERS))
        .end();
    tracing.flush();
    assertThat(kept.named("GET").getTraceId()).isNotEqualTo(TRACE);
  }

  @Test
  void keepsAHundredNewTracesOfASecond() {
    Tracing all = tracing(ALL, false);
    for (int i = 0; i < 150; i++) {
      TracedRequest.of("GET", "/version").by(all, ANN).end();
    }
    all.flush();
    assertThat(kept.spans()).filteredOn(span -> span.getName().equals("GET")).hasSize(100);
    assertThat(all.tooManyRoots()).isEqualTo(50);
    assertThat(List.of(all.dropped(), (long) all.waiting())).containsExactly(0L, 0L);
  }
}
