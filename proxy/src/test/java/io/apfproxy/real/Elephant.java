package io.apfproxy.real;

import io.apfproxy.nullness.Nullable;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps a number of large lists in flight until closed. When refused it waits as {@code
 * Retry-After} says, as client-go does.
 */
final class Elephant implements AutoCloseable {
  private final ApiClient client;
  private final String target;
  private final LongAdder served = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Map<Integer, CompletableFuture<Void>> lists = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Starts at once. */
  Elephant(ApiClient client, String target, int inFlight) {
    this.client = client;
    this.target = target;
    for (int i = 0; i < inFlight; i++) {
      list(i);
    }
  }

  /** Lists served so far. */
  long served() {
    return served.sum();
  }

  /** Lists answered 429 so far. */
  long refused() {
    return refused.sum();
  }

  /** Lists that ended otherwise than in 200 or 429 so far. */
  long failed() {
    return failed.sum();
  }

  /** Sends no more and waits for the lists in flight. */
  @Override
  public void close() {
    closed = true;
    lists.values().forEach(CompletableFuture::join);
  }

  private void list(int number) {
    if (closed) {
      return;
    }
    lists.put(
        number,
        client
            .send("GET", target, "", Map.of(), HttpResponse.BodyHandlers.discarding())
            .handle((response, failure) -> count(response))
            .thenAccept(pauseMillis -> listAfter(pauseMillis, number)));
  }

  private void listAfter(long pauseMillis, int number) {
    CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS)
        .execute(() -> list(number));
  }

  /** Counts an answer, null if there was none, and says how many milliseconds to wait after it. */
  private long count(@Nullable HttpResponse<Void> response) {
    int status = response == null ? 0 : response.statusCode();
    if (response != null && status == 429) {
      refused.increment();
      long seconds = response.headers().firstValueAsLong("Retry-After").orElse(1);
      return TimeUnit.SECONDS.toMillis(seconds);
    }
    (status == 200 ? served : failed).increment();
    return status == 200 ? 0 : 100;
  }
}
