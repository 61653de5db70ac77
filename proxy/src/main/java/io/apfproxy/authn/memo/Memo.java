package io.apfproxy.authn.memo;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each question once: whoever asks while the answer is open gets the same, and answers are
 * remembered, each for a time of its own, at most so many and so many bytes of them. Open questions
 * count nothing here: {@link ReviewQueue} bounds them. Thread-safe; answers arrive on any thread.
 */
public final class Memo<K, V> {
  /*
   * Caffeine would call us while it holds a lock on a part of its table, and an answer may make room for another question: so what
   * it gets is a promise, and the question is put outside. It would also log whatever fails, and strangers can make much fail: so a
   * promise never fails, but has the failure for its value, and is gone before that is told.
   */
  private final AsyncCache<K, Remembered<CompletableFuture<V>>> answers;

  /**
   * @param most answers
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  public Memo(int most, long mostBytes, TimeSource time) {
    answers = Remembered.<K, CompletableFuture<V>>cache(most, mostBytes, time).buildAsync();
  }

  /** The answer if it is known or asked for already, else null. */
  public @Nullable CompletableFuture<V> get(K key) {
    CompletableFuture<Remembered<CompletableFuture<V>>> known = answers.getIfPresent(key);
    return known == null ? null : told(known);
  }

  private static <V> CompletableFuture<V> told(
      CompletableFuture<Remembered<CompletableFuture<V>>> promise) {
    return promise.isDone() ? promise.join().value() : promise.thenCompose(Remembered::value);
  }

  /**
   * @param question called at most once, on this thread, if there is no answer yet; if it fails,
   *     all who wait for it fail, and nothing is remembered
   */
  public CompletableFuture<V> ask(
      K key, Supplier<? extends CompletionStage<Remembered<V>>> question) {
    CompletableFuture<V> known = get(key);
    if (known != null) {
      return known;
    }
    CompletableFuture<Remembered<CompletableFuture<V>>> promise = new CompletableFuture<>();
    CompletableFuture<Remembered<CompletableFuture<V>>> other =
        answers.asMap().putIfAbsent(key, promise);
    if (other != null) {
      return told(other);
    }
    var unused =
        put(question)
            .whenComplete(
                (answer, cause) ->
                    keep(
                        key,
                        promise,
                        cause == null
                            ? new Remembered<>(
                                CompletableFuture.completedFuture(answer.value()),
                                answer.bytes(),
                                answer.ttlNanos())
                            : new Remembered<>(CompletableFuture.failedFuture(cause), 0, 0)));
    return told(promise);
  }

  private static <V> CompletionStage<Remembered<V>> put(
      Supplier<? extends CompletionStage<Remembered<V>>> question) {
    try {
      return question.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void keep(
      K key,
      CompletableFuture<Remembered<CompletableFuture<V>>> promise,
      Remembered<CompletableFuture<V>> answer) {
    if (!answer.isKept()) {
      answers.asMap().remove(key, promise);
    }
    promise.complete(answer);
  }

  /** What the answers count as. */
  public long bytes() {
    Cache<K, ?> known = answers.synchronous();
    known.cleanUp();
    return known.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }
}
