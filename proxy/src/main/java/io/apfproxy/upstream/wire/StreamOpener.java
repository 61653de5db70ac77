package io.apfproxy.upstream.wire;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the streams of one HTTP client, with no more than one HTTP/2 connection being made at a
 * time, or {@value #AT_A_TIME} of HTTP/1.1, and more where they are slow. Belongs to one event
 * loop.
 */
final class StreamOpener {
  /*
   * The library does not know how many streams a connection will carry before it stands, so it makes
   * one for every request of a burst. Here, whoever is not served at once waits for a connection;
   * while one does, the others queue, and when it is there as many of them go as it takes. A failure
   * is everybody's: none waits for a second attempt that would fail as late as the first.
   *
   * One attempt may hang where the next would not, at one of several servers behind an address or for
   * a lost packet. So the others wait for it no longer than PATIENCE, then for a second one. The first
   * goes on meanwhile, and whichever stands first serves all.
   *
   * In HTTP/1.1 each needs a connection of its own, and ten thousand watches that dialled at once
   * would overflow what the upstream's kernel keeps of connections that are not accepted yet (4096 as
   * a rule), and have it shake ten thousand hands side by side, so that all of them are late. So
   * there a number of them are made at a time, each for one request, which alone fails with it; one
   * that takes longer than PATIENCE counts no more.
   *
   * Where connections stand already and one of them has room again, whoever waits longest gets that:
   * a connection that cannot be made holds up nobody for whom there is another.
   *
   * The queue has no bound of its own: who is here has been let in, and is bounded there. Those who
   * left meanwhile are not, so they are looked for whenever it has become twice as long. Whoever
   * waits goes on doing so as long as others get through.
   */
  static final int AT_A_TIME = 128;

  private static final long PATIENCE_MILLIS = 1_000;
  private static final long MARGIN_MILLIS = 1_000;
  private static final int SELDOM = 4096;

  private final Vertx vertx;
  private final long timeoutMillis;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private @Nullable Attempt newest; // that the others wait for; null if none is under way
  private boolean parallel;
  private int dialling; // in parallel, and not late
  private long opened;
  private int lookAt = SELDOM;

  private static final class Attempt {
    private final boolean second;
    private boolean late;

    Attempt(boolean second) {
      this.second = second;
    }
  }

  private final class Waiter {
    private final Supplier<Future<HttpClientRequest>> opening;
    private final BooleanSupplier wanted;
    private final Promise<HttpClientRequest> promise = Promise.promise();
    private long seen = opened;
    private Patience patience = new Patience(vertx, timeoutMillis, this::late);

    Waiter(Supplier<Future<HttpClientRequest>> opening, BooleanSupplier wanted) {
      this.opening = opening;
      this.wanted = wanted;
    }

    private boolean hasLeft() {
      return !wanted.getAsBoolean();
    }

    private void leave() {
      fail(new IllegalStateException("nobody waits for it any more"));
    }

    private void fail(Throwable cause) {
      patience.end();
      promise.fail(cause);
    }

    private void late() {
      if (seen != opened) {
        seen = opened;
        patience = new Patience(vertx, timeoutMillis, this::late);
        return;
      }
      waiters.remove(this);
      promise.fail("no connection to the upstream in time");
    }
  }

  /**
   * @param timeoutMillis longest time in the queue without a stream for anybody; 1 or more
   */
  StreamOpener(Vertx vertx, long timeoutMillis) {
    this.vertx = vertx;
    this.timeoutMillis = timeoutMillis;
  }

  /** Whether every request needs a connection of its own, as in HTTP/1.1. */
  void parallel(boolean each) {
    parallel = each;
    beginWhoMay();
  }

  /**
   * @param opening asks for it, when it is its turn
   * @param wanted whether somebody still waits for it
   */
  Future<HttpClientRequest> open(
      Supplier<Future<HttpClientRequest>> opening, BooleanSupplier wanted) {
    if (waiters.isEmpty() && mayBegin()) {
      return begin(opening);
    }
    Waiter waiter = new Waiter(opening, wanted);
    waiters.add(waiter);
    if (waiters.size() >= lookAt) {
      forgetThoseWhoLeft();
    }
    return waiter.promise.future();
  }

  /** Whether nobody waits, so that whoever finds a stream may have it. */
  boolean isFree() {
    return waiters.isEmpty();
  }

  /**
   * Lets those who wait have streams for which no connection is to be made.
   *
   * @param any whether there is one
   */
  void serve(BooleanSupplier any) {
    while (!waiters.isEmpty() && any.getAsBoolean()) {
      beginNext();
    }
  }

  private void forgetThoseWhoLeft() {
    List<Waiter> left = new ArrayList<>();
    waiters.removeIf(waiter -> waiter.hasLeft() && left.add(waiter));
    lookAt = Math.max(SELDOM, 2 * waiters.size());
    left.forEach(Waiter::leave);
  }

  private boolean mayBegin() {
    if (parallel) {
      return dialling < AT_A_TIME;
    }
    Attempt awaited = newest;
    return awaited == null || (awaited.late && !awaited.second);
  }

  private Future<HttpClientRequest> begin(Supplier<Future<HttpClientRequest>> opening) {
    Future<HttpClientRequest> result = attempt(opening);
    if (result.isComplete()) {
      count(result);
    } else if (parallel) {
      dial(result);
    } else {
      lead(result);
    }
    return result;
  }

  private void count(AsyncResult<HttpClientRequest> result) {
    if (result.succeeded()) {
      opened++;
    }
  }

  private void dial(Future<HttpClientRequest> dialled) {
    dialling++;
    long impatience = vertx.setTimer(PATIENCE_MILLIS, late -> dialled());
    dialled.onComplete(
        result -> {
          count(result);
          if (vertx.cancelTimer(impatience)) {
            dialled();
          }
        });
  }

  private void dialled() {
    dialling--;
    beginWhoMay();
  }

  /** The others wait for it. */
  private void lead(Future<HttpClientRequest> awaited) {
    Attempt attempt = new Attempt(newest != null);
    newest = attempt;
    long impatience = vertx.setTimer(PATIENCE_MILLIS, late -> tryOnceMore(attempt));
    // one that never settled would shut everybody out
    Patience watchdog =
        new Patience(
            vertx,
            timeoutMillis + MARGIN_MILLIS,
            () ->
                settled(
                    attempt,
                    Future.<HttpClientRequest>failedFuture(
                        "no connection to the upstream in time")));
    awaited.onComplete(
        result -> {
          count(result);
          vertx.cancelTimer(impatience);
          if (watchdog.end()) {
            settled(attempt, result);
          }
        });
  }

  private void tryOnceMore(Attempt attempt) {
    attempt.late = true;
    beginWhoMay(); // at once, if a stream has become free meanwhile
  }

  private void beginWhoMay() {
    while (!waiters.isEmpty() && mayBegin()) {
      beginNext();
    }
  }

  private void beginNext() {
    Waiter next = waiters.remove();
    if (next.hasLeft()) {
      next.leave();
    } else {
      next.patience.end();
      begin(next.opening).onComplete(next.promise);
    }
  }

  /** The library throws at some addresses, and whoever asked would wait for ever. */
  private static Future<HttpClientRequest> attempt(Supplier<Future<HttpClientRequest>> opening) {
    try {
      return opening.get();
    } catch (RuntimeException defect) {
      return Future.failedFuture(defect);
    }
  }

  private void settled(Attempt attempt, AsyncResult<HttpClientRequest> result) {
    if (result.succeeded()) {
      newest = null;
      beginWhoMay();
      return;
    }
    if (attempt != newest) {
      return; // another attempt is awaited
    }
    newest = null;
    List<Waiter> failed = new ArrayList<>(waiters);
    waiters.clear();
    failed.forEach(waiter -> waiter.fail(result.cause()));
  }
}
