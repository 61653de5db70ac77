package io.apfproxy.authn.memo;

import io.apfproxy.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each question once: whoever asks while the answer is open gets the same, and answers are
 * remembered, each for a time of its own, at most so many and so many bytes of them. Open questions
 * count nothing here: {@link ReviewQueue} bounds them. Thread-safe; answers arrive on any thread.
 */
public final class Memo<K, V> {
  /*
   * Caffeine's AsyncCache does both, but logs whatever fails, and strangers can make much fail. Also,
   * 3.2.3 looks at an entry twice: if its own upkeep throws one out in between whose time is over, it
   * takes that for one still open, which has no end, and gives it out once more
   * (BoundedLocalCache.hasExpired; 3.2.4 looks once). So it gets answers only.
   *
   * Questions are put without any lock, as an answer may make room for another question.
   */
  private final BoundedCache<K, CompletableFuture<V>> answers; // complete
  private final ConcurrentHashMap<K, CompletableFuture<V>> open = new ConcurrentHashMap<>();

  /**
   * @param most answers
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  public Memo(int most, long mostBytes, TimeSource time) {
    this.answers = new BoundedCache<>(most, mostBytes, time);
  }

  /** The answer if it is known or asked for already, else null. */
  public @Nullable CompletableFuture<V> get(K key) {
    CompletableFuture<V> asked = open.get(key);
    return asked == null ? answers.get(key) : asked;
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
    CompletableFuture<V> promise = new CompletableFuture<>();
    CompletableFuture<V> other = open.putIfAbsent(key, promise);
    if (other != null) {
      return other;
    }
    CompletableFuture<V> meanwhile = answers.get(key); // since the first look
    if (meanwhile != null) {
      open.remove(key);
      promise.complete(meanwhile.join());
      return promise;
    }
    var unused = put(question).whenComplete((answer, cause) -> end(key, promise, answer, cause));
    return promise;
  }

  private static <V> CompletionStage<Remembered<V>> put(
      Supplier<? extends CompletionStage<Remembered<V>>> question) {
    try {
      return question.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Whoever asks from now on finds what is remembered, or asks anew. */
  private void end(
      K key,
      CompletableFuture<V> promise,
      @Nullable Remembered<V> answer,
      @Nullable Throwable cause) {
    if (answer == null) {
      open.remove(key);
      promise.completeExceptionally(
          cause == null ? new IllegalStateException("an answer without a word") : cause);
      return;
    }
    answers.put(
        key, CompletableFuture.completedFuture(answer.value()), answer.bytes(), answer.ttlNanos());
    open.remove(key);
    promise.complete(answer.value());
  }

  /** What the answers count as. */
  public long bytes() {
    return answers.bytes();
  }
}
