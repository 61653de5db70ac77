package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects of the upstream are never followed, and passed on only where they stay here. */
@Tag("S47")
final class RedirectIT extends ForwardingFixture {
  private static final String PODS = "/api/v1/pods";

  @SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
  private static final String EXEC =
      "POST /api/v1/namespaces/a/pods/p/exec?command=sh HTTP/1.1\r\nHost: proxy\r\n"
          + "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

  private static final int[] CODES = {300, 301, 302, 303, 304, 307, 308};

  /** Each pair of protocols. */
  static Stream<Arguments> protocols() {
    return Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
        .flatMap(
            down ->
                Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
                    .map(up -> Arguments.of(down, up)));
  }

  /** The code stands in the query. */
  private static void redirect(HttpServerRequest request, String location) {
    int code = Integer.parseInt(request.getParam("code"));
    request.response().setStatusCode(code).putHeader("Location", location);
    if (code == 304) {
      request.response().end();
    } else {
      request.response().end("<a href=\"" + location + "\">moved</a>");
    }
  }

  /**
   * A stream that was reset counts as the upstream's for a second more: all codes in that second.
   */
  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("protocols")
  void answers502InsteadOfSendingTheClientElsewhere(HttpVersion down, HttpVersion up) {
    AtomicInteger requests = new AtomicInteger();
    through(
        up,
        request -> {
          requests.incrementAndGet();
          redirect(request, "https://elsewhere.example/");
        },
        proxy -> {
          HttpClient client = proxy.client(down);
          for (int code : CODES) {
            requests.set(0);
            proxy.events.refusals.clear();
            HttpClientResponse response =
                get(
                    client
                        .request(HttpMethod.GET, PODS + "?code=" + code)
                        .compose(
                            request ->
                                request
                                    .send()
                                    .compose(answer -> answer.body().map(read -> answer))));
            assertThat(response.statusCode()).as("%s", code).isEqualTo(502);
            assertThat(response.getHeader("Location")).isNull();
            assertThat(response.getHeader("Retry-After")).isNull();
            assertThat(get(response.body()).toString())
                .contains("\"kind\":\"Status\"", "\"reason\":\"InternalError\"", "\"code\":502")
                .doesNotContain("elsewhere");
            assertThat(proxy.events.refusals).containsExactly("upstream-redirect");
            assertThat(requests).hasValue(1);
          }
        });
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("protocols")
  void passesARelativeLocationUnchangedAndDoesNotFollowIt(HttpVersion down, HttpVersion up) {
    AtomicInteger requests = new AtomicInteger();
    through(
        up,
        request -> {
          requests.incrementAndGet();
          redirect(request, "/api/v1/namespaces");
        },
        proxy -> {
          HttpClient client = proxy.client(down);
          for (int code : CODES) {
            HttpClientResponse response = send(client, HttpMethod.GET, PODS + "?code=" + code);
            assertThat(response.statusCode()).isEqualTo(code);
            assertThat(response.getHeader("Location")).isEqualTo("/api/v1/namespaces");
          }
          assertThat(requests).hasValue(CODES.length);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void passesLocationsAtTheHostThatTheClientAsked(HttpVersion down) {
    through(
        HttpVersion.HTTP_2,
        request ->
            request
                .response()
                .setStatusCode(307)
                .putHeader("Location", "https://127.0.0.1:" + request.getParam("port") + "/here")
                .end(),
        proxy -> {
          HttpClient client = proxy.client(down);
          assertThat(send(client, HttpMethod.GET, PODS + "?port=" + proxy.port()).statusCode())
              .isEqualTo(307);
          assertThat(send(client, HttpMethod.GET, PODS + "?port=1").statusCode()).isEqualTo(502);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void passesLocationsAtTheUpstreamItself(HttpVersion up) {
    through(
        up,
        request ->
            request
                .response()
                .setStatusCode(301)
                .putHeader("Location", "https://" + request.authority() + "/there")
                .end(),
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, PODS);
          assertThat(response.statusCode()).isEqualTo(301);
          assertThat(response.getHeader("Location")).endsWith("/there");
        });
  }

  @Test
  void passesEveryLocationOfTheSubresourceProxy() {
    through(
        HttpVersion.HTTP_2,
        request -> {
          request.response().setStatusCode(302).putHeader("Location", "http://elsewhere.example/");
          request.response().end("moved");
        },
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          for (String behind : new String[] {"pods/p", "services/https:s:443"}) {
            HttpClientResponse response =
                send(client, HttpMethod.GET, "/api/v1/namespaces/a/" + behind + "/proxy/x");
            assertThat(response.statusCode()).isEqualTo(302);
            assertThat(response.getHeader("Location")).isEqualTo("http://elsewhere.example/");
          }
          assertThat(send(client, HttpMethod.GET, "/api/v1/namespaces/a/pods/proxy").statusCode())
              .isEqualTo(502);
        });
  }

  /** No redirect may answer an upgrade (S43); one that leads elsewhere is told as such. */
  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 307, 308})
  void answers502ToAnUpgradeThatIsRedirected(int code) {
    String reply =
        "HTTP/1.1 " + code + " Moved\r\nContent-Length: 0\r\nLocation: https://elsewhere.example/";
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx, socket -> socket.handler(head -> socket.write(reply + "\r\n\r\n")));
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(EXEC);
      assertThat(client.readToEnd())
          .startsWith("HTTP/1.1 502")
          .contains("\"code\":502")
          .doesNotContainIgnoringCase("elsewhere")
          .doesNotContainIgnoringCase("retry-after");
      assertThat(proxy.events.refusals).containsExactly("upstream-redirect");
      proxy.expectRest();
    }
  }
}
