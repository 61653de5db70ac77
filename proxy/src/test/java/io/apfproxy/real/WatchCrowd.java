package io.apfproxy.real;

import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Many watches over few HTTP/2 connections. Thread-safe. Closing it cuts the connections. */
final class WatchCrowd implements AutoCloseable {
  private static final int STREAMS_PER_CONNECTION = 50;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final URI server;
  private final String token;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final Set<Integer> saw = ConcurrentHashMap.newKeySet();
  private final String awaited;
  private final int size;

  /**
   * Nothing is sent yet.
   *
   * @param awaited text by which a watch knows the event that all wait for
   */
  WatchCrowd(URI server, Path trusted, String token, int size, String awaited) {
    this.server = server;
    this.token = token;
    this.awaited = awaited;
    client = ManyStreams.client(vertx, trusted, STREAMS_PER_CONNECTION, size);
    this.size = size;
  }

  /** Opens all of them; those refused for want of seats ask again, as client-go does. */
  void open(String target) {
    IntStream.range(0, size).forEach(number -> open(number, target));
  }

  /** Watches whose response head has arrived. */
  int opened() {
    return opened.get();
  }

  /** Watches that are over, for whatever reason. */
  int ended() {
    return ended.get();
  }

  /** Watches that saw the awaited event. */
  int informed() {
    return saw.size();
  }

  private void open(int number, String target) {
    Future<HttpClientResponse> response =
        client.request(ManyStreams.get(server, target, token)).compose(HttpClientRequest::send);
    response
        .onSuccess(head -> read(number, target, head))
        .onFailure(failure -> ended.incrementAndGet());
  }

  private void read(int number, String target, HttpClientResponse head) {
    if (head.statusCode() == 429) {
      long seconds = Long.parseLong(head.getHeader("Retry-After"));
      vertx.setTimer(TimeUnit.SECONDS.toMillis(seconds), timer -> open(number, target));
      return;
    }
    if (head.statusCode() != 200) {
      ended.incrementAndGet();
      return;
    }
    opened.incrementAndGet();
    StringBuilder text = new StringBuilder();
    head.handler(
        chunk -> {
          text.append(chunk);
          if (text.indexOf(awaited) >= 0) {
            saw.add(number);
          }
        });
    head.endHandler(end -> ended.incrementAndGet());
    head.exceptionHandler(failure -> ended.incrementAndGet());
  }

  @Override
  public void close() {
    client.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
