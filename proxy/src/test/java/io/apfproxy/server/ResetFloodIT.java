package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** S38: clients that cancel in mass, before an upstream that closes whoever resets too much. */
@Tag("S38")
class ResetFloodIT {
  private static final String WATCH = "/api/v1/pods?watch=1";
  private static final String LIST = "/api/v1/namespaces/a/pods";
  private static final int MOST_RESETS = 100;

  /**
   * Half of a real server's: its event loop may stand still for seconds before it sees the first
   * reset, and what the proxy spares it is what {@code StreamResetsTest} says.
   */
  private static final int WINDOW_SECONDS = 5;

  /** How long a stream's work goes on after its reset. */
  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Long> cancelledAt = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** Keeps every request open until told, and counts. */
  private final class Server {
    private final Map<String, HttpServerRequest> open = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final Map<String, HttpConnection> begun = new ConcurrentHashMap<>();
    private final HttpServer listener;

    Server(int streams) {
      TestCertificate certificate = FakeUpstream.certificate();
      HttpServerOptions options =
          new HttpServerOptions()
              .setSsl(true)
              .setSslHandshakeTimeout(60)
              .setUseAlpn(true)
              .setAlpnVersions(List.of(HttpVersion.HTTP_2))
              .setHttp2RstFloodMaxRstFramePerWindow(MOST_RESETS)
              .setHttp2RstFloodWindowDuration(WINDOW_SECONDS)
              .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
              .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(streams))
              .setKeyCertOptions(
                  new PemKeyCertOptions()
                      .addCertValue(Buffer.buffer(certificate.certificatePem()))
                      .addKeyValue(Buffer.buffer(certificate.keyPem())));
      listener =
          get(
              vertx
                  .createHttpServer(options)
                  .connectionHandler(
                      connection -> {
                        connections.incrementAndGet();
                        connection.closeHandler(gone -> closed.incrementAndGet());
                      })
                  .requestHandler(this::begin)
                  .listen(0, "127.0.0.1"));
    }

    private void begin(HttpServerRequest request) {
      String name = request.getParam("name");
      begun.put(name, request.connection());
      mostAtOnce.accumulateAndGet(atWork(request.connection()), Math::max);
      open.put(name, request);
      request
          .response()
          .exceptionHandler(
              broken -> {
                if (broken instanceof StreamResetException && open.remove(name) != null) {
                  resets.incrementAndGet();
                }
              })
          .endHandler(
              ended -> {
                open.remove(name);
              });
      if (name.startsWith("watch")) {
        request.response().setChunked(true).writeHead();
      }
    }

    /**
     * By when its client cancelled it, as the proxy did not reset it before: when the reset is read
     * here says nothing, as it may be late and what follows it comes with it.
     */
    private int atWork(HttpConnection connection) {
      long now = System.nanoTime();
      return (int)
          begun.entrySet().stream()
              .filter(each -> each.getValue().equals(connection))
              .map(each -> cancelledAt.get(each.getKey()))
              .filter(cancelled -> cancelled == null || now - cancelled < WORK_NANOS)
              .count();
    }

    void answer(String prefix) {
      open.forEach(
          (name, request) -> {
            if (name.startsWith(prefix)) {
              begun.remove(name);
              request.response().end("{}");
            }
          });
    }
  }

  /** A request that can be cancelled. */
  private final class Sent {
    private final String name;
    private final HttpClientRequest request;
    private final Future<HttpClientResponse> response;

    Sent(String name, HttpClientRequest request, Future<HttpClientResponse> response) {
      this.name = name;
      this.request = request;
      this.response = response;
    }

    Future<HttpClientResponse> response() {
      return response;
    }

    void cancel() {
      cancelledAt.put(name, System.nanoTime());
      request.reset(8);
    }
  }

  private Sent send(HttpClient client, String target, String name) {
    String separator = target.contains("?") ? "&" : "?";
    HttpClientRequest request =
        get(client.request(HttpMethod.GET, target + separator + "name=" + name));
    return new Sent(
        name, request, request.send().onSuccess(head -> head.exceptionHandler(cancelled -> {})));
  }

  private List<Sent> sendMany(TestProxy proxy, String target, String name, int number) {
    List<Sent> sent = new ArrayList<>();
    HttpClient client = proxy.client(HttpVersion.HTTP_2);
    for (int i = 0; i < number; i++) {
      if (i % 50 == 0) {
        client = proxy.client(HttpVersion.HTTP_2); // we ourselves bear 200 resets of a client
      }
      sent.add(send(client, target, name + i));
    }
    return sent;
  }

  @Test
  void keepsTheConnectionOfOthersWhenThreeHundredRequestsAreCancelled() {
    Server server = new Server(1000);
    try (TestProxy proxy = new TestProxy(vertx, server.listener.actualPort())) {
      // Given
      HttpClient polite = proxy.client(HttpVersion.HTTP_2);
      Sent watch = send(polite, WATCH, "watch");
      Promise<Buffer> event = Promise.promise();
      Promise<Void> end = Promise.promise();
      get(
          watch
              .response()
              .onSuccess(
                  head -> {
                    head.handler(event::tryComplete);
                    head.exceptionHandler(end::tryFail);
                    head.endHandler(end::tryComplete);
                  }));
      List<Sent> watches = sendMany(proxy, WATCH, "watch-to-cancel", 150);
      List<Sent> lists = sendMany(proxy, LIST, "list-to-cancel", 150);
      await().until(() -> server.open.size() == 301);

      // When
      watches.forEach(Sent::cancel);
      lists.forEach(Sent::cancel);
      await()
          .until(() -> server.resets.get() == 2 * MOST_RESETS); // watches have a connection apart
      await().until(() -> proxy.events.held(Held.UNWANTED_STREAM) == 100);
      assertThat(server.resets).hasValue(2 * MOST_RESETS);

      // Then: what ends by itself needs no reset, and gives its seats back
      assertThat(proxy.flowControl.executing.get())
          .isGreaterThanOrEqualTo(lists.size() - MOST_RESETS);
      server.answer("list-to-cancel");
      await().until(() -> proxy.events.held(Held.EXCHANGE) == 51);
      assertThat(server.resets).hasValue(2 * MOST_RESETS);

      // and others go on, over the same connection
      IntStream.range(0, 5)
          .forEach(
              i -> {
                Sent request = send(polite, LIST, "polite" + i);
                await().until(() -> server.open.containsKey("polite" + i));
                server.answer("polite");
                assertThat(get(request.response()).statusCode()).isEqualTo(200);
              });

      // and the watches are reset when their time has come
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> server.resets.get() == 2 * MOST_RESETS + 50);
      server.open.get("watch").response().end("event");
      assertThat(get(event.future())).hasToString("event");
      get(end.future());
      assertThat(server.connections).hasValue(2);
      assertThat(server.closed).hasValue(0);
      assertThat(proxy.events.refusals).isEmpty();
      proxy.expectRest();
    }
  }

  @Test
  void neverHasMoreStreamsAtWorkThanAnnouncedNotEvenCancelledOnes() {
    int streams = 10;
    Server server = new Server(streams);
    try (TestProxy proxy = new TestProxy(vertx, server.listener.actualPort())) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      Deque<Sent> sent = new ArrayDeque<>();
      for (int i = 0; i < 80; i++) {
        sent.add(send(client, LIST, "list" + i));
        String name = "list" + i;
        await().until(() -> server.open.containsKey(name));
        if (sent.size() > 8) {
          sent.remove().cancel();
        }
      }
      assertThat(server.mostAtOnce).hasValueLessThanOrEqualTo(streams);
      assertThat(server.connections).hasValueGreaterThan(1);
      sent.forEach(Sent::cancel);
      proxy.expectRest();
      assertThat(server.closed).hasValue(0);

      // a second later all places are there again
      int before = server.connections.get();
      List<Sent> again = sendMany(proxy, LIST, "again", streams);
      await().until(() -> server.open.size() == streams);
      assertThat(server.connections).hasValue(before);
      server.answer("again");
      again.forEach(request -> assertThat(get(request.response()).statusCode()).isEqualTo(200));
      proxy.expectRest();
    }
  }
}
