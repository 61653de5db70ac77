package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Account;
import io.apfproxy.report.Trace;
import io.apfproxy.report.Tracer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the upstream is told of the trace of a request. Specification seeing.md V-95. */
@DisplayName("The context of a trace (V-95)")
class TraceContextIT extends UpgradeFixture {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final List<String> STATES = List.of("a=1,b@c= x", "", "d=\u00e9");
  private static final String BAGGAGE = "user=%C3%A9;p=1 , other = 2";
  private static final String OURS = "00-11111111111111111111111111111111-2222222222222222-00";

  /** Keeps what it is told of. */
  private static final class HeardTracer implements Tracer {
    final Queue<String> told = new ConcurrentLinkedQueue<>();

    @Override
    public Trace begin(Account account, Iterable<Map.Entry<String, String>> head) {
      List<String> lines = new ArrayList<>();
      head.forEach(
          line -> {
            if (line.getKey().equalsIgnoreCase("traceparent")) {
              lines.add(line.getValue());
            }
          });
      told.add("begin " + account.digest().user().name() + " " + lines);
      return new Trace() {
        @Override
        public String id() {
          return "1".repeat(32);
        }

        @Override
        public List<Map.Entry<String, String>> sent(long now) {
          assertThat(now - account.identifiedAt()).isNotNegative();
          told.add("sent");
          return List.of(Map.entry("traceparent", OURS));
        }

        @Override
        public void ended(Account itself) {
          assertThat(itself).isSameAs(account);
          told.add("ended " + account.code() + " " + account.traceId());
        }
      };
    }
  }

  private static Stream<Arguments> ways() {
    List<HttpVersion> versions = List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
    return versions.stream().flatMap(from -> versions.stream().map(to -> Arguments.of(from, to)));
  }

  private MultiMap arrived(HttpVersion client, HttpVersion server, Tracer tracer) {
    Queue<MultiMap> arrived = new ConcurrentLinkedQueue<>();
    Consumer<HttpServerRequest> upstream =
        request -> {
          arrived.add(request.headers());
          request.response().end();
        };
    try (FakeUpstream behind = FakeUpstream.http(vertx, upstream, server);
        TestProxy proxy =
            TestProxy.before(vertx, behind.port()).allRulesOfHeads().tracer(tracer).start()) {
      HttpClientResponse response =
          get(
              proxy
                  .client(client)
                  .request(HttpMethod.GET, "/api")
                  .compose(
                      request ->
                          request
                              .putHeader("traceparent", PARENT)
                              .putHeader("tracestate", STATES)
                              .putHeader("baggage", BAGGAGE)
                              .send()));
      assertThat(response.statusCode()).isEqualTo(200);
      proxy.expectRest();
    }
    return arrived.remove();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void passesByteForByteWhereNothingIsTraced(HttpVersion client, HttpVersion server) {
    MultiMap headers = arrived(client, server, Tracer.NONE);
    assertThat(headers.getAll("traceparent")).containsExactly(PARENT);
    assertThat(headers.getAll("tracestate")).isEqualTo(STATES);
    assertThat(headers.getAll("baggage")).containsExactly(BAGGAGE);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isOursWhereRequestsAreTraced(HttpVersion client, HttpVersion server) {
    HeardTracer tracer = new HeardTracer();
    MultiMap headers = arrived(client, server, tracer);
    assertThat(headers.getAll("traceparent")).containsExactly(OURS);
    assertThat(headers.getAll("tracestate")).isEmpty();
    assertThat(headers.getAll("baggage")).containsExactly(BAGGAGE);
    await()
        .untilAsserted(
            () ->
                assertThat(tracer.told)
                    .containsExactly(
                        "begin somebody [" + PARENT + "]", "sent", "ended 200 " + "1".repeat(32)));
  }

  @Test
  void isThatOfAnUpgradeToo() {
    for (Tracer tracer : List.of(Tracer.NONE, new HeardTracer())) {
      try (FakeUpstream upstream = upstream(SPDY_101, (socket, bytes) -> {});
          TestProxy proxy = TestProxy.before(vertx, upstream.port()).tracer(tracer).start();
          RawClient client = new RawClient(proxy.port())) {
        client.send(
            request("POST", "SPDY/3.1")
                .replace("Host:", "TraceParent: " + PARENT + "\r\ntracestate: a=1\r\nHost:"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
        String head = heads.remove();
        if (tracer == Tracer.NONE) {
          assertThat(head).contains("TraceParent: " + PARENT + "\r\n", "tracestate: a=1\r\n");
        } else {
          assertThat(head)
              .contains("traceparent: " + OURS + "\r\n")
              .doesNotContain(PARENT)
              .doesNotContain("tracestate");
        }
      }
    }
  }

  @Test
  void isAskedForOnceOfARequestThatIsRefused() {
    HeardTracer tracer = new HeardTracer();
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, request -> request.response().end(), HttpVersion.HTTP_2);
        TestProxy proxy = TestProxy.before(vertx, upstream.port()).tracer(tracer).start()) {
      proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
      HttpClientRequest request =
          get(proxy.client(HttpVersion.HTTP_2).request(HttpMethod.GET, "/api/v1/pods"));
      Buffer refused = get(TestProxy.bodyOf(request));
      assertThat(refused.toString()).isNotEmpty();
      await()
          .untilAsserted(
              () ->
                  assertThat(tracer.told)
                      .containsExactly("begin somebody []", "ended 429 " + "1".repeat(32)));
    }
  }
}
