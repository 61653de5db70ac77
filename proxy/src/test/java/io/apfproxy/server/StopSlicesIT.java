package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However much there is to end at a stop, the event loop has other turns meanwhile. */
@Tag("S94")
class StopSlicesIT {
  /**
   * Soon ended on a busy machine too: what is left three seconds after the grace is cut at once.
   */
  private static final int WATCHES = 1_000;

  private static final int STREAMS_OF_A_CLIENT = 50;
  private static final int MOST_IN_A_TURN = 200;
  private static final Duration GRACE = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final Vertx others = Vertx.vertx();
  private @Nullable HttpClient crowd; // one that nobody holds is closed by the garbage collector

  @AfterEach
  void close() {
    if (crowd != null) {
      get(crowd.close());
    }
    get(others.close());
    get(vertx.close());
  }

  private static void serve(HttpServerRequest request) {
    request
        .response()
        .putHeader("Content-Type", "application/json")
        .setChunked(true)
        .write(Buffer.buffer("{}\n"));
  }

  private HttpClient crowd() {
    HttpClient client =
        others.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setSslHandshakeTimeout(PATIENCE.toSeconds())
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2MultiplexingLimit(STREAMS_OF_A_CLIENT),
            new PoolOptions()
                .setHttp2MaxSize(WATCHES / STREAMS_OF_A_CLIENT)
                .setMaxWaitQueueSize(-1));
    crowd = client;
    return client;
  }

  private static Context openWatches(TestProxy proxy, HttpClient crowd) {
    AtomicReference<Context> loop = new AtomicReference<>();
    IdentityResolver known = proxy.identities;
    proxy.identities =
        (head, request) -> {
          loop.set(Vertx.currentContext());
          return known.resolve(head, request);
        };
    AtomicInteger open = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 50; i++) {
      watchOneMore(proxy, crowd, asked, open);
    }
    await().atMost(PATIENCE).until(() -> open.get() == WATCHES);
    return Objects.requireNonNull(loop.get());
  }

  private static void watchOneMore(
      TestProxy proxy, HttpClient crowd, AtomicInteger asked, AtomicInteger open) {
    if (asked.incrementAndGet() <= WATCHES) {
      crowd
          .request(
              new RequestOptions()
                  .setHost("127.0.0.1")
                  .setPort(proxy.port())
                  .setURI("/api/v1/pods?watch=true"))
          .compose(
              request ->
                  request
                      .send()
                      .onSuccess(
                          head -> {
                            head.exceptionHandler(cut -> {});
                            open.incrementAndGet();
                            watchOneMore(proxy, crowd, asked, open);
                          }));
    }
  }

  /** How many requests ended between two turns of a task of an event loop at most. */
  private static final class Turns {
    private final Context loop;
    private final CountingEvents events;
    private int last;
    volatile int most;

    Turns(Context loop, CountingEvents events) {
      this.loop = loop;
      this.events = events;
      this.last = events.held(Held.EXCHANGE);
    }

    /** A timer, as a task that comes again at once would be all that the event loop does. */
    void begin() {
      loop.runOnContext(now -> loop.owner().setPeriodic(1, turn -> look()));
    }

    private void look() {
      int now = events.held(Held.EXCHANGE);
      most = Math.max(most, last - now);
      last = now;
    }
  }

  @Test
  void leavesTurnsToOthersWhileAThousandWatchesEnd() {
    try (FakeUpstream upstream =
            FakeUpstream.http(others, StopSlicesIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      Context loop = openWatches(proxy, crowd());
      Turns turns = new Turns(loop, proxy.events);

      turns.begin();
      Future<Void> stopped = proxy.server.shutdown(GRACE);
      await().atMost(PATIENCE).until(stopped::isComplete);

      assertThat(turns.most).isBetween(1, MOST_IN_A_TURN);
      proxy.expectRest();
    }
  }
}
