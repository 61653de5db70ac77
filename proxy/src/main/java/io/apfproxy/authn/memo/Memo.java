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
   *
   * Once in ten thousand times and more it was seen to give an answer whose time was over; why is not known. So each answer says
   * itself until when it holds.
   */
  private final AsyncCache<K, Remembered<Answer<V>>> answers;
  private final TimeSource time;

  /**
   * @param untilNanos when it is an answer no longer, by the clock
   */
  private record Answer<V>(CompletableFuture<V> value, long untilNanos) {}

  /**
   * @param most answers
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  public Memo(int most, long mostBytes, TimeSource time) {
    this.answers = Remembered.<K, Answer<V>>cache(most, mostBytes, time).buildAsync();
    this.time = time;
  }

  /** The answer if it is known or asked for already, else null. */
  public @Nullable CompletableFuture<V> get(K key) {
    CompletableFuture<Remembered<Answer<V>>> known = answers.getIfPresent(key);
    if (known == null) {
      return null;
    }
    if (known.isDone() && time.nanoTime() - known.join().value().untilNanos() >= 0) {
      answers.asMap().remove(key, known);
      return null;
    }
    return told(known);
  }

  private static <V> CompletableFuture<V> told(CompletableFuture<Remembered<Answer<V>>> promise) {
    return promise.isDone()
        ? promise.join().value().value()
        : promise.thenCompose(answer -> answer.value().value());
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
    CompletableFuture<Remembered<Answer<V>>> promise = new CompletableFuture<>();
    CompletableFuture<Remembered<Answer<V>>> other = answers.asMap().putIfAbsent(key, promise);
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
                            ? kept(
                                CompletableFuture.completedFuture(answer.value()),
                                answer.bytes(),
                                answer.ttlNanos())
                            : kept(CompletableFuture.failedFuture(cause), 0, 0)));
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

  private Remembered<Answer<V>> kept(CompletableFuture<V> value, long bytes, long ttlNanos) {
    return new Remembered<>(new Answer<>(value, time.nanoTime() + ttlNanos), bytes, ttlNanos);
  }

  private void keep(
      K key, CompletableFuture<Remembered<Answer<V>>> promise, Remembered<Answer<V>> answer) {
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
