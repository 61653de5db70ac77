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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the streams of one HTTP client, with no more than one HTTP/2 connection being made at a
 * time, or a few where they are slow. Belongs to one event loop.
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
   */
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long MARGIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final int maxWaiting;
  private final long timeoutMillis;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private @Nullable Attempt newest; // that the others wait for; null if none is under way
  private boolean parallel;

  private static final class Attempt {
    private final boolean second;
    private boolean late;

    Attempt(boolean second) {
      this.second = second;
    }
  }

  private final class Waiter {
    private final Supplier<Future<HttpClientRequest>> opening;
    private final Promise<HttpClientRequest> promise = Promise.promise();
    private final Patience patience = new Patience(vertx, timeoutMillis, this::giveUp);

    Waiter(Supplier<Future<HttpClientRequest>> opening) {
      this.opening = opening;
    }

    private void giveUp() {
      waiters.remove(this);
      promise.fail("no connection to the upstream in time");
    }
  }

  /**
   * @param timeoutMillis longest time in the queue
   */
  StreamOpener(Vertx vertx, int maxWaiting, long timeoutMillis) {
    this.vertx = vertx;
    this.maxWaiting = maxWaiting;
    this.timeoutMillis = timeoutMillis;
  }

  /** Whether every request needs a connection of its own, as in HTTP/1.1. */
  void parallel(boolean each) {
    parallel = each;
  }

  Future<HttpClientRequest> open(Supplier<Future<HttpClientRequest>> opening) {
    if (parallel || (newest == null && waiters.isEmpty())) {
      return begin(opening);
    }
    Attempt awaited = newest;
    if (awaited != null && awaited.late && !awaited.second) {
      return begin(opening);
    }
    if (waiters.size() >= maxWaiting) {
      return Future.failedFuture("too many requests wait for a connection to the upstream");
    }
    Waiter waiter = new Waiter(opening);
    waiters.add(waiter);
    return waiter.promise.future();
  }

  private Future<HttpClientRequest> begin(Supplier<Future<HttpClientRequest>> opening) {
    Future<HttpClientRequest> opened = attempt(opening);
    if (!parallel && !opened.isComplete()) {
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
      opened.onComplete(
          result -> {
            vertx.cancelTimer(impatience);
            if (watchdog.end()) {
              settled(attempt, result);
            }
          });
    }
    return opened;
  }

  private void tryOnceMore(Attempt attempt) {
    attempt.late = true;
    while (attempt == newest && !attempt.second && !waiters.isEmpty()) {
      beginNext(); // at once, if a stream has become free meanwhile
    }
  }

  private Future<HttpClientRequest> beginNext() {
    Waiter next = waiters.remove();
    next.patience.end();
    return begin(next.opening).onComplete(next.promise);
  }

  /** The library throws at some addresses, and whoever asked would wait for ever. */
  private static Future<HttpClientRequest> attempt(Supplier<Future<HttpClientRequest>> opening) {
    try {
      return opening.get();
    } catch (RuntimeException defect) {
      return Future.failedFuture(defect);
    }
  }

  private void settled(Attempt attempt, AsyncResult<HttpClientRequest> opened) {
    if (opened.succeeded()) {
      newest = null;
      while (!waiters.isEmpty() && (parallel || newest == null)) {
        beginNext();
      }
      return;
    }
    if (attempt != newest) {
      return; // another attempt is awaited
    }
    newest = null;
    List<Waiter> failed = new ArrayList<>(waiters);
    waiters.clear();
    for (Waiter waiter : failed) {
      waiter.patience.end();
      waiter.promise.fail(opened.cause());
    }
  }
}
