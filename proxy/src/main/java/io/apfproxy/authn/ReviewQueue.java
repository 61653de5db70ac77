package io.apfproxy.authn;

import io.apfproxy.nullness.Nullable;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Asks the upstream each question once at a time, and only so many at a time. Thread-safe; answers
 * arrive on any thread.
 */
final class ReviewQueue<K, V> {
  private final int mostInFlight;
  private final int mostWaiting;
  private final Map<K, CompletableFuture<V>> open = new HashMap<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int inFlight;

  ReviewQueue(int mostInFlight, int mostWaiting) {
    this.mostInFlight = mostInFlight;
    this.mostWaiting = mostWaiting;
  }

  /**
   * @param review called at most once, on this thread or on one that completed another review
   * @return the answer, shared by all who ask the same; fails with 429 if too many wait already
   */
  CompletableFuture<V> ask(K key, Supplier<CompletionStage<V>> review) {
    CompletableFuture<V> answer = new CompletableFuture<>();
    Runnable start = () -> start(key, review, answer);
    synchronized (open) {
      CompletableFuture<V> asked = open.get(key);
      if (asked != null) {
        return asked;
      }
      if (inFlight >= mostInFlight) {
        if (waiting.size() >= mostWaiting) {
          answer.completeExceptionally(Refusals.overloaded("reviews-overloaded"));
          return answer;
        }
        open.put(key, answer);
        waiting.add(start);
        return answer;
      }
      open.put(key, answer);
      inFlight++;
    }
    start.run();
    return answer;
  }

  private void start(K key, Supplier<CompletionStage<V>> review, CompletableFuture<V> answer) {
    CompletionStage<V> stage;
    try {
      stage = review.get();
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    var unused =
        stage.whenComplete(
            (value, cause) -> {
              Runnable next = finish(key);
              if (cause == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(cause);
              }
              if (next != null) {
                next.run();
              }
            });
  }

  /** The next one to start takes the place of the finished one. */
  private @Nullable Runnable finish(K key) {
    synchronized (open) {
      open.remove(key);
      Runnable next = waiting.poll();
      if (next == null) {
        inFlight--;
      }
      return next;
    }
  }
}
