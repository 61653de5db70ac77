package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Account;
import io.apfproxy.server.listen.CrossOrigin;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers that ask for a page of another origin. */
@Tag("B6")
class CrossOriginIT {
  /** As kube-apiserver 1.37 sends them, in its order. */
  private static final String ALLOWED =
      """
      Access-Control-Allow-Credentials: true
      Access-Control-Allow-Headers: Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, \
      Authorization, X-Requested-With, If-Modified-Since
      Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE, PATCH
      Access-Control-Allow-Origin: https://good.example
      Access-Control-Expose-Headers: Date
      """;

  private static Vertx vertx;
  private static FakeUpstream upstream;
  private static TestProxy proxy;
  private static final AtomicInteger asked = new AtomicInteger();

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    upstream =
        FakeUpstream.http(
            vertx,
            request -> {
              asked.incrementAndGet();
              request.response().putHeader("Access-Control-Allow-Origin", "theirs").end("ok");
            },
            HttpVersion.HTTP_2);
    proxy =
        TestProxy.before(vertx, upstream.port())
            .crossOrigin(new CrossOrigin(List.of("^https?://good\\.example$")))
            .start();
  }

  @AfterAll
  static void stop() {
    proxy.close();
    upstream.close();
    get(vertx.close());
  }

  private static String send(String method, String origin, String more) {
    asked.set(0);
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(
          method
              + " /api/v1/pods HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: "
              + origin
              + "\r\n"
              + more
              + "\r\n");
      return client.readToEnd();
    }
  }

  private static long preflights() {
    return proxy.events.accounts.stream()
        .filter(account -> account.end() == Account.End.ANSWERED)
        .count();
  }

  private static List<String> crossOriginLines(String answer) {
    return answer
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .filter(line -> line.regionMatches(true, 0, "Access-Control-", 0, 15))
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Access-Control-Request-Method: GET\r\n", "", "Content-Length: 0\r\n"})
  void answersWhatABrowserMaySendWithoutAskingWhoAsks(String more) {
    long before = preflights();
    String answer = send("OPTIONS", "https://good.example", more + "Audit-ID: mine\r\n");
    await().until(() -> preflights() == before + 1);
    assertThat(answer)
        .startsWith("HTTP/1.1 204 No Content\r\n")
        .contains("Audit-Id: mine\r\n", "Cache-Control: no-cache, private\r\n")
        .doesNotContainIgnoringCase("\r\ncontent-length");
    assertThat(crossOriginLines(answer)).isEqualTo(ALLOWED.lines().toList());
    assertThat(asked).hasValue(0);
    proxy.expectRest();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://good.example.evil", "https://evil", "null"})
  void knowsNoOtherOrigin(String origin) {
    assertThat(send("OPTIONS", origin, "")).startsWith("HTTP/1.1 200");
    assertThat(asked).hasValue(1);
    proxy.expectRest();
  }

  @Test
  void saysTheSameInItsOwnAnswersAndLeavesThoseOfTheServer() {
    assertThat(crossOriginLines(send("GET", "https://good.example", "")))
        .containsExactly("access-control-allow-origin: theirs");
    proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
    try {
      String refused = send("GET", "https://good.example", "");
      assertThat(refused).startsWith("HTTP/1.1 429");
      assertThat(crossOriginLines(refused)).isEqualTo(ALLOWED.lines().toList());
      assertThat(crossOriginLines(send("GET", "https://evil", ""))).isEmpty();
    } finally {
      proxy.flowControl.answer = FakeFlowControl.Answer.EXECUTE;
    }
    proxy.expectRest();
  }
}
