package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The end of a request is passed on whenever it arrives and however it is written. */
class UploadIT {
  /** How a request is written whose body, if it has one, is not announced by a length. */
  enum Sending {
    /** A length of 0 and an empty piece with the end. */
    LENGTH_ZERO,
    /** The end in an empty piece, in the same turn as the head. */
    EMPTY_PIECE,
    /** The end in an empty piece, once the proxy, of a GET the upstream, has seen the head. */
    LATE_EMPTY_PIECE,
    BODY,
    LATE_BODY,
    BODY_AND_LATE_END;

    /** Gives the status and the body of the answer. */
    Future<String> send(HttpClientRequest request, Runnable headSeen) {
      Future<String> answer =
          request
              .response()
              .compose(head -> head.body().map(body -> head.statusCode() + " " + body));
      switch (this) {
        case LENGTH_ZERO -> request.send("");
        case EMPTY_PIECE -> {
          request.setChunked(true).writeHead();
          request.end();
        }
        case LATE_EMPTY_PIECE -> {
          get(request.setChunked(true).writeHead());
          headSeen.run();
          request.end();
        }
        case BODY -> {
          request.setChunked(true).write("body");
          request.end();
        }
        case LATE_BODY -> {
          get(request.setChunked(true).writeHead());
          headSeen.run();
          request.write("body");
          request.end();
        }
        case BODY_AND_LATE_END -> {
          get(request.setChunked(true).write("body"));
          headSeen.run();
          request.end();
        }
      }
      return answer;
    }

    String echo() {
      return name().contains("BODY") ? "200 body" : "200 ";
    }
  }

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** Before an upstream that echoes the body. */
  private void through(HttpVersion upstreamVersion, Consumer<TestProxy> test) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, UploadIT::echo, upstreamVersion);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      test.accept(proxy);
      proxy.expectRest();
    }
  }

  private static void echo(HttpServerRequest request) {
    request.response().setChunked(true);
    request.handler(request.response()::write);
    request.endHandler(end -> request.response().end());
  }

  static Stream<Arguments> sendings() {
    List<HttpVersion> versions = List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
    return versions.stream()
        .flatMap(down -> versions.stream().map(up -> List.of(down, up)))
        .flatMap(
            pair ->
                Stream.of(Sending.values())
                    .map(sending -> Arguments.of(pair.get(0), pair.get(1), sending)));
  }

  /** The queue's part: head and body may both have arrived before the request has its seats. */
  @ParameterizedTest
  @MethodSource("sendings")
  void seesTheEndOfARequestThatWaited(HttpVersion down, HttpVersion up, Sending sending) {
    through(
        up,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClientRequest request =
              get(proxy.client(down).request(HttpMethod.POST, "/api/v1/namespaces"));
          Future<String> answer =
              sending.send(
                  request, () -> await().until(() -> proxy.events.held(Held.EXCHANGE) == 1));
          await().until(() -> proxy.flowControl.waiting.size() == 1);
          proxy.flowControl.waiting.element().execute();
          assertThat(get(answer)).isEqualTo(sending.echo());
        });
  }

  @ParameterizedTest
  @MethodSource("sendings")
  void seesTheEndOfARequestThatDidNotWait(HttpVersion down, HttpVersion up, Sending sending) {
    through(
        up,
        proxy -> {
          HttpClient client = proxy.client(down);
          for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.GET)) {
            HttpClientRequest request = get(client.request(method, "/api/v1/namespaces"));
            Held seen = method.equals(HttpMethod.GET) ? Held.UPSTREAM_STREAM : Held.EXCHANGE;
            Future<String> answer =
                sending.send(request, () -> await().until(() -> proxy.events.held(seen) == 1));
            assertThat(get(answer)).isEqualTo(sending.echo());
            proxy.expectRest();
          }
        });
  }
}
