package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose word it is that a token is bad. */
@Tag("S15")
final class UpstreamRefusalIT extends ForwardingFixture {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/api/v1/pods, true",
    "/api/v1/namespaces/a/pods/p/log, true",
    "/api/v1/namespaces/a/services/s/proxy/, false",
    "/api/v1/namespaces/a/pods/p:8080/proxy/login, false",
    "/api/v1/nodes/n/proxy/metrics, false"
  })
  void evictsATokenOnlyIfTheServerItselfRefusedIt(String target, boolean evicted) {
    through(
        HttpVersion.HTTP_2,
        request -> request.response().setStatusCode(401).end(),
        proxy -> {
          HttpClientResponse answer =
              get(
                  proxy
                      .client(HttpVersion.HTTP_2)
                      .request(HttpMethod.GET, target)
                      .compose(
                          request ->
                              request
                                  .putHeader("Authorization", "Bearer t")
                                  .send()
                                  .compose(response -> response.body().map(body -> response))));
          assertThat(answer.statusCode()).isEqualTo(401);
          assertThat(proxy.refusedByUpstream.contains("Bearer t")).isEqualTo(evicted);
        });
  }
}
