package io.apfproxy.authn.memo;

import io.apfproxy.authn.head.Refusals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks only so many questions at a time, and in turn for those who ask. Thread-safe; answers arrive
 * on any thread.
 */
public final class ReviewQueue<V> {
  /*
   * One asker alone may have nearly all of it: only the last fifth of what may be in flight is kept
   * for those who have few there. Who waits is sorted by FairLines.
   */
  private static final int RESERVE = 5;
  private static final int SHARE = 8;

  /** No more are refused at once, as the lock is held meanwhile. */
  private static final int MOST_REFUSED = 100;

  private final int mostInFlight;
  private final Object lock = new Object();
  private final FairLines<Waiting<V>> waiting;
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
  public record Request<V>(
      Object asker, int bytes, Supplier<CompletionStage<V>> review, BooleanSupplier unwanted) {
    public Request(Object asker, int bytes, Supplier<CompletionStage<V>> review) {
      this(asker, bytes, review, () -> false);
    }
  }

  private record Waiting<V>(Request<V> request, CompletableFuture<V> answer) {}

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
    synchronized (lock) {
      return waiting.size() > 0 || inFlight >= mostInFlight;
    }
  }

  /**
   * @return the answer; fails with 429 if too many wait already, of whom this asker has most, or if
   *     one with fewer came later
   */
  public CompletableFuture<V> ask(Request<V> request) {
    Waiting<V> entry = new Waiting<>(request, new CompletableFuture<>());
    List<Waiting<V>> crowdedOut = List.of();
    boolean starts;
    synchronized (lock) {
      starts = mayStart(request.asker());
      if (starts) {
        took(request.asker());
      } else {
        crowdedOut = waiting.add(request.asker(), entry, request.bytes());
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

  /** Without going deeper for each that is answered at once. */
  private void start(Waiting<V> first) {
    Waiting<V> entry = first;
    while (entry != null) {
      Waiting<V> put = entry;
      CompletableFuture<V> review = put(put.request());
      if (!review.isDone()) {
        var unused =
            review.whenComplete(
                (value, cause) -> {
                  Waiting<V> next = ended(put, value, cause);
                  if (next != null) {
                    start(next);
                  }
                });
        return;
      }
      entry =
          review
              .handle((value, cause) -> Optional.ofNullable(ended(put, value, cause)))
              .join()
              .orElse(null);
    }
  }

  private static <V> CompletableFuture<V> put(Request<V> request) {
    try {
      return request.review().get().toCompletableFuture();
    } catch (RuntimeException | Error e) { // whoever asked is told, and others wait for its place
      return CompletableFuture.failedFuture(e);
    }
  }

  private @Nullable Waiting<V> ended(
      Waiting<V> entry, @Nullable V value, @Nullable Throwable cause) {
    Waiting<V> next = finish(entry.request());
    if (cause == null) {
      entry.answer().complete(value);
    } else {
      entry.answer().completeExceptionally(cause);
    }
    return next;
  }

  /** Gives a place back; the next one to start has taken it, if there is one. */
  private @Nullable Waiting<V> finish(Request<V> ended) {
    List<Waiting<V>> unwanted = new ArrayList<>();
    Waiting<V> next;
    synchronized (lock) {
      inFlight--;
      flying.computeIfPresent(ended.asker(), (asker, n) -> n == 1 ? null : n - 1);
      next = waiting.poll(this::mayStart);
      while (next != null
          && unwanted.size() < MOST_REFUSED
          && next.request().unwanted().getAsBoolean()) {
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

  private void refuse(List<Waiting<V>> entries) {
    refused.add(entries.size());
    for (Waiting<V> entry : entries) {
      entry.answer().completeExceptionally(Refusals.overloaded("reviews-overloaded"));
    }
  }

  /** Those that wait. */
  public int waiting() {
    synchronized (lock) {
      return waiting.size();
    }
  }

  /** Those that were refused, because too many waited. */
  public long refused() {
    return refused.sum();
  }
}
