package io.apfproxy.real;

import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Clients that list and then watch, for ever, as client-go's informers do: what is refused comes
 * again when it is told to, else after a second. Thread-safe.
 */
final class Informers implements AutoCloseable {
  private static final int PER_CONNECTION = 20;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final URI server;
  private final String token;
  private final String resource;
  private final AtomicInteger watching = new AtomicInteger();
  private final Map<String, AtomicInteger> ends = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Informers(URI server, Path trusted, String token, String resource, int number) {
    this.server = server;
    this.token = token;
    this.resource = resource;
    client = ManyStreams.client(vertx, trusted, PER_CONNECTION, number);
    for (int i = 0; i < number; i++) {
      list();
    }
  }

  /** Those that have listed and watch now. */
  int watching() {
    return watching.get();
  }

  /** How lists and watches ended so far. */
  SortedMap<String, Integer> ends() {
    SortedMap<String, Integer> now = new TreeMap<>();
    ends.forEach((end, count) -> now.put(end, count.get()));
    return now;
  }

  private void list() {
    send(
        resource + "?resourceVersion=0",
        "list",
        head -> head.body().onComplete(body -> watch(), cut -> again("list cut", null)));
  }

  private void watch() {
    send(
        resource + "?watch=1&allowWatchBookmarks=true",
        "watch",
        head -> {
          watching.incrementAndGet();
          head.handler(event -> {});
          head.end()
              .onComplete(
                  over -> {
                    watching.decrementAndGet();
                    again("watch ended", null);
                  });
        });
  }

  private void send(String target, String what, Consumer<HttpClientResponse> on) {
    if (closed) {
      return;
    }
    client
        .request(ManyStreams.get(server, target, token))
        .compose(HttpClientRequest::send)
        .onComplete(
            head -> {
              if (head.statusCode() == 200) {
                on.accept(head);
              } else {
                again(what + " " + head.statusCode(), head.getHeader("Retry-After"));
              }
            },
            failure -> again(what + " failed", null));
  }

  private void again(String end, @Nullable String retryAfter) {
    ends.computeIfAbsent(end, any -> new AtomicInteger()).incrementAndGet();
    long seconds = retryAfter == null ? 1 : Long.parseLong(retryAfter);
    if (!closed) {
      vertx.setTimer(TimeUnit.SECONDS.toMillis(seconds), due -> list());
    }
  }

  @Override
  public void close() {
    closed = true;
    client.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
