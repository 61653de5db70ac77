package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.Patience;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many honest clients behind one address, each with a token of its own that it renews. */
@Tag("S14")
@Timeout(1_200)
class ManyTokensIT {
  private static final int CLIENTS = 5_000;
  private static final int LIFETIMES = 3;
  private static final int AT_A_TIME = 100;
  private static final int STREAMS = 50;
  private static final int ALL = CLIENTS * LIFETIMES;

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init") // set by the test
  private HttpClient client;

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void refusesNoneOfFiveThousandTokensOfOneAddressForThreeLifetimes() throws Exception {
    try (EmbeddedApiServer upstream = upstream();
        ProxyApp proxy = LocalProxy.start(options(upstream))) {
      client = ManyStreams.client(vertx, proxy.certificateAuthority(), STREAMS, AT_A_TIME);
      for (int i = 0; i < AT_A_TIME; i++) {
        ask(LocalProxy.url(proxy, ""));
      }
      Patience.untilAllCame(ALL, answered::get);
      assertThat(answers).as("answers").containsOnlyKeys("200");
    }
  }

  private EmbeddedApiServer upstream() {
    EmbeddedApiServer.Builder builder =
        EmbeddedApiServer.builder(directory).allow("nodes", "get", "namespaces");
    for (int token = 0; token < ALL; token++) {
      builder.user("user-" + token, "nodes");
    }
    return builder.start();
  }

  private ProxyOptions options(EmbeddedApiServer upstream) throws Exception {
    return LocalProxy.options(
        upstream.adminKubeconfig(),
        directory,
        "--upstream-identity=impersonation",
        "--unlimited-addresses=192.0.2.1"); // not ours
  }

  /** All clients in turn, each with its token of now; then all again, each with its next one. */
  private void ask(URI proxy) {
    int token = begun.getAndIncrement();
    if (token >= ALL) {
      return;
    }
    client
        .request(ManyStreams.get(proxy, "/api/v1/namespaces/default", "user-" + token + "-token"))
        .compose(
            request ->
                request
                    .send()
                    .compose(head -> head.body().map(body -> Integer.toString(head.statusCode()))))
        .otherwise(failure -> String.valueOf(failure))
        .onSuccess(
            answer -> {
              answers.computeIfAbsent(answer, first -> new AtomicInteger()).incrementAndGet();
              answered.incrementAndGet();
              ask(proxy);
            });
  }
}
