package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What flow control means for requests on their way: waiting, leaving, refusal, headers. */
final class AdmissionIT extends ForwardingFixture {
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void readsNoBodyBeforeTheRequestHasItsSeats(HttpVersion down) {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          requests.incrementAndGet();
          echo(request);
        },
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          Future<Buffer> answer =
              proxy
                  .client(down)
                  .request(HttpMethod.POST, "/api/v1/namespaces")
                  .compose(
                      request ->
                          request
                              .send(Buffer.buffer(new byte[3 << 20]))
                              .compose(HttpClientResponse::body));
          await().until(() -> proxy.flowControl.waiting.size() == 1);
          assertThat(requests.get()).isZero();
          proxy.flowControl.waiting.element().execute();
          assertThat(get(answer).length()).isEqualTo(3 << 20);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void freesTheQueuePlaceOfAClientThatLeaves(HttpVersion down) {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> requests.incrementAndGet(),
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClientRequest request =
              get(proxy.client(down).request(HttpMethod.GET, "/api/v1/pods"));
          request.end();
          await().until(() -> proxy.flowControl.waiting.size() == 1);
          request.reset(8);
          await().until(() -> proxy.flowControl.cancelled.get() == 1);
          assertThat(requests.get()).isZero();
        });
  }

  @Test
  void timesOutInTheQueueAfterAQuarterOfTheAllowance() {
    through(
        HttpVersion.HTTP_2,
        ForwardingFixture::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods?timeout=400ms");
          assertThat(response.statusCode()).isEqualTo(429);
          assertThat(proxy.flowControl.cancelled.get()).isEqualTo(1);
        });
  }

  @Test
  void refusesAsKubeApiserverDoes() {
    through(
        HttpVersion.HTTP_2,
        ForwardingFixture::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
          HttpClientResponse response =
              get(
                  proxy
                      .client(HttpVersion.HTTP_1_1)
                      .request(HttpMethod.POST, "/api/v1/namespaces")
                      .compose(request -> request.putHeader("Accept", "*/*").send()));
          assertThat(response.statusCode()).isEqualTo(429);
          assertThat(response.getHeader("Retry-After")).isEqualTo("7");
          assertThat(response.getHeader("Content-Type")).isEqualTo("text/plain; charset=utf-8");
          assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
          assertThat(response.getHeader("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo("schema-uid");
          assertThat(response.getHeader("X-Kubernetes-PF-PriorityLevel-UID"))
              .isEqualTo("level-uid");
          assertThat(response.getHeader("X-Apf-Flowschema")).isEqualTo("schema");
          assertThat(response.getHeader("X-Apf-Refused")).isEqualTo("queue-full");
        });
  }

  @Test
  void keepsUpstreamsFlowHeadersAndNamesOurs() {
    through(
        HttpVersion.HTTP_2,
        request ->
            request
                .response()
                .putHeader("X-Kubernetes-PF-FlowSchema-UID", "theirs")
                .putHeader("Connection-Specific", "kept")
                .end("ok"),
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
          assertThat(response.headers().getAll("X-Kubernetes-PF-FlowSchema-UID"))
              .containsExactly("theirs");
          assertThat(response.getHeader("X-Apf-Prioritylevel")).isEqualTo("level");
        });
  }

  @Test
  @Tag("S29")
  void asksForTheBodyOnlyOnceItHasSeats() {
    through(
        HttpVersion.HTTP_2,
        ForwardingFixture::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          try (RawClient client = new RawClient(proxy.port())) {
            client
                .send("POST /api/v1/pods HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n")
                .send("Expect: 100-continue\r\n\r\n");
            await().until(() -> proxy.flowControl.waiting.size() == 1);
            proxy.flowControl.waiting.element().execute();
            assertThat(client.readHead()).startsWith("HTTP/1.1 100");
            client.send("ok");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
          }
        });
  }
}
