package io.apfproxy.real;

import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** So many {@link Reflector}s of one resource, twenty on a connection. Thread-safe. */
final class Informers implements Reflector.Seen, AutoCloseable {
  private static final int PER_CONNECTION = 20;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http;
  private final int number;
  private final AtomicInteger watching = new AtomicInteger();
  private final Map<String, AtomicInteger> ends = new ConcurrentHashMap<>();
  private volatile long allSince;
  private volatile boolean over;

  /**
   * Starts them.
   *
   * @param trusted PEM file of the server's authority
   */
  Informers(Reflector.Source source, Path trusted, int number) {
    this.number = number;
    http = ManyStreams.client(vertx, trusted, PER_CONNECTION, number);
    for (int i = 0; i < number; i++) {
      new Reflector(vertx, http, source, this).start();
    }
  }

  /** Whether all have listed and have been watching for so long. */
  boolean allWatchFor(long nanos) {
    return watching.get() == number && System.nanoTime() - allSince > nanos;
  }

  /** When the last of them began to watch; counts while {@link #allWatchFor} holds. */
  long allSince() {
    return allSince;
  }

  /** How lists and watches ended since this was asked last. */
  SortedMap<String, Integer> newEnds() {
    SortedMap<String, Integer> since = new TreeMap<>();
    ends.forEach(
        (end, count) -> {
          int more = count.getAndSet(0);
          if (more > 0) {
            since.put(end, more);
          }
        });
    return since;
  }

  @Override
  public void watching(boolean is) {
    if (is) {
      allSince = System.nanoTime();
      watching.incrementAndGet();
    } else {
      watching.decrementAndGet();
    }
  }

  @Override
  public void ended(String how) {
    ends.computeIfAbsent(how, any -> new AtomicInteger()).incrementAndGet();
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    over = true;
    http.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
