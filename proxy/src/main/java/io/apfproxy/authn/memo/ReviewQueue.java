package io.apfproxy.authn.memo;

import io.apfproxy.authn.head.Refusals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks each question once at a time, only so many at a time, and in turn for those who ask.
 * Thread-safe; answers arrive on any thread.
 */
public final class ReviewQueue<K, V> {
  /*
   * One asker alone may have nearly all of it: only the last fifth of what may be in flight is kept
   * for those who have few there. Who waits is sorted by FairLines.
   */
  private static final int RESERVE = 5;
  private static final int SHARE = 8;

  /** No more are refused at once, as the lock is held meanwhile. */
  private static final int MOST_REFUSED = 100;

  private final int mostInFlight;
  private final Map<K, CompletableFuture<V>> open = new HashMap<>();
  private final FairLines<Waiting<K, V>> waiting;
  private final Map<Object, Integer> flying = new HashMap<>();
  private final LongAdder refused = new LongAdder();
  private int inFlight;

  /**
   * One question.
   *
   * @param asker who is charged with it: an address, a user
   * @param bytes it takes while it waits
   * @param review called at most once, on the asking thread or on one that completed another review
   * @param unwanted asked when its turn comes after a wait: if true, it is refused
   */
  public record Request<K, V>(
      K key,
      Object asker,
      int bytes,
      Supplier<CompletionStage<V>> review,
      BooleanSupplier unwanted) {
    public Request(K key, Object asker, int bytes, Supplier<CompletionStage<V>> review) {
      this(key, asker, bytes, review, () -> false);
    }
  }

  private record Waiting<K, V>(Request<K, V> request, CompletableFuture<V> answer) {}

  /**
   * @param mostInFlight 1 or more
   * @param mostWaiting those that wait for one in flight to end
   * @param mostWaitingBytes of the questions of those
   */
  public ReviewQueue(int mostInFlight, int mostWaiting, long mostWaitingBytes) {
    this.mostInFlight = mostInFlight;
    this.waiting = new FairLines<>(mostWaiting, mostWaitingBytes);
  }

  /** Whether whoever asks now has to wait. */
  public boolean isBusy() {
    synchronized (open) {
      return waiting.size() > 0 || inFlight >= mostInFlight;
    }
  }

  /** The answer to a question that is open; null if it is not. */
  @Nullable
  public CompletableFuture<V> joined(K key) {
    synchronized (open) {
      return open.get(key);
    }
  }

  /**
   * @return the answer, shared by all who ask the same; fails with 429 if too many wait already, of
   *     whom this asker has most, or if one with fewer came later
   */
  public CompletableFuture<V> ask(Request<K, V> request) {
    Waiting<K, V> entry = new Waiting<>(request, new CompletableFuture<>());
    List<Waiting<K, V>> crowdedOut = List.of();
    boolean starts;
    synchronized (open) {
      CompletableFuture<V> asked = open.putIfAbsent(request.key(), entry.answer());
      if (asked != null) {
        return asked;
      }
      starts = mayStart(request.asker());
      if (starts) {
        took(request.asker());
      } else {
        crowdedOut = waiting.add(request.asker(), entry, request.bytes());
        crowdedOut.forEach(out -> open.remove(out.request().key()));
      }
    }
    refuse(crowdedOut);
    if (starts) {
      start(entry);
    }
    return entry.answer();
  }

  private boolean mayStart(Object asker) {
    int free = mostInFlight - inFlight;
    return free > mostInFlight / RESERVE
        || (free > 0 && flying.getOrDefault(asker, 0) < Math.max(1, mostInFlight / SHARE));
  }

  private void took(Object asker) {
    inFlight++;
    flying.merge(asker, 1, Integer::sum);
  }

  private void start(Waiting<K, V> entry) {
    CompletionStage<V> stage;
    try {
      stage = entry.request().review().get();
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    var unused =
        stage.whenComplete(
            (value, cause) -> {
              Waiting<K, V> next = finish(entry.request());
              if (cause == null) {
                entry.answer().complete(value);
              } else {
                entry.answer().completeExceptionally(cause);
              }
              if (next != null) {
                start(next);
              }
            });
  }

  /** Gives a place back; the next one to start has taken it, if there is one. */
  private @Nullable Waiting<K, V> finish(Request<K, V> ended) {
    List<Waiting<K, V>> unwanted = new ArrayList<>();
    Waiting<K, V> next;
    synchronized (open) {
      open.remove(ended.key());
      inFlight--;
      flying.computeIfPresent(ended.asker(), (asker, n) -> n == 1 ? null : n - 1);
      next = waiting.poll(this::mayStart);
      while (next != null
          && unwanted.size() < MOST_REFUSED
          && next.request().unwanted().getAsBoolean()) {
        open.remove(next.request().key());
        unwanted.add(next);
        next = waiting.poll(this::mayStart);
      }
      if (next != null) {
        took(next.request().asker());
      }
    }
    refuse(unwanted);
    return next;
  }

  private void refuse(List<Waiting<K, V>> entries) {
    refused.add(entries.size());
    for (Waiting<K, V> entry : entries) {
      entry.answer().completeExceptionally(Refusals.overloaded("reviews-overloaded"));
    }
  }

  /** Those that wait. */
  public int waiting() {
    synchronized (open) {
      return waiting.size();
    }
  }

  /** Those that were refused, because too many waited. */
  public long refused() {
    return refused.sum();
  }
}
