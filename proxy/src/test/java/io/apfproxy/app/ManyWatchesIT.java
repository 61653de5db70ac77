package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.Patience;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has been let in takes nothing from the others: item B2 of the issue of strangers. */
@Tag("H7")
class ManyWatchesIT {
  private static final int WATCHES = 7_000;
  private static final int STREAMS_OF_A_CLIENT = 50;
  private static final int AT_A_TIME = 200;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, AtomicInteger> otherwise = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @Test
  void servesAllTheOthersWhileSevenThousandWatchesAreOpenOnOneEventLoop() throws Exception {
    try (EmbeddedApiServer upstream =
            EmbeddedApiServer.builder(directory)
                .user("alice")
                .allow("alice", "*", "*")
                .streams(100)
                .start();
        ProxyApp proxy = LocalProxy.start(options(upstream))) {
      HttpClient crowd = client(proxy);
      for (int i = 0; i < AT_A_TIME; i++) {
        watchOneMore(crowd, proxy, upstream.token("alice"));
      }
      Patience.untilAllCame(WATCHES, () -> otherwise.containsKey("503") ? WATCHES : open.get());
      assertThat(open.get()).as("open; the others: %s", otherwise).isEqualTo(WATCHES);

      HttpClient others = client(proxy);
      for (int i = 0; i < 200; i++) {
        RequestOptions get = request(proxy, "/api/v1/namespaces", upstream.token("alice"));
        assertThat(get(others.request(get).compose(HttpClientRequest::send)).statusCode())
            .isEqualTo(200);
      }
    }
  }

  private ProxyOptions options(EmbeddedApiServer upstream) throws Exception {
    return LocalProxy.options(
        upstream.adminKubeconfig(),
        directory,
        "--event-loops=1",
        "--max-watches-per-user=0",
        "--max-watch-starts-per-user=0");
  }

  private HttpClient client(ProxyApp proxy) {
    return ManyStreams.client(vertx, proxy.certificateAuthority(), STREAMS_OF_A_CLIENT, WATCHES);
  }

  private static RequestOptions request(ProxyApp proxy, String target, String token) {
    return ManyStreams.get(LocalProxy.url(proxy, ""), target, token);
  }

  private void watchOneMore(HttpClient client, ProxyApp proxy, String token) {
    if (begun.incrementAndGet() <= WATCHES) {
      watch(client, proxy, token);
    }
  }

  /** Asks again when it is refused for want of seats, as client-go does. */
  private void watch(HttpClient client, ProxyApp proxy, String token) {
    client
        .request(request(proxy, "/api/v1/configmaps?watch=true", token))
        .compose(HttpClientRequest::send)
        .onComplete(
            head -> watching(head, client, proxy, token),
            failure -> count(String.valueOf(failure.getMessage())));
  }

  private void watching(HttpClientResponse head, HttpClient client, ProxyApp proxy, String token) {
    count(Integer.toString(head.statusCode()));
    if (head.statusCode() == 200) {
      open.incrementAndGet();
      head.exceptionHandler(cut -> open.decrementAndGet());
      watchOneMore(client, proxy, token);
    } else if (head.statusCode() == 429) {
      vertx.setTimer(1_000, again -> watch(client, proxy, token));
    }
  }

  private void count(String outcome) {
    otherwise.computeIfAbsent(outcome, first -> new AtomicInteger()).incrementAndGet();
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
