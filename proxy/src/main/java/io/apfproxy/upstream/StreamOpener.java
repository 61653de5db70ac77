package io.apfproxy.upstream;

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

/**
 * Opens the streams of one HTTP client, with no more than one HTTP/2 connection being made at a
 * time. Belongs to one event loop.
 */
final class StreamOpener {
  /*
   * The library does not know how many streams a connection will carry before it stands, so it makes
   * one for every request of a burst. Here, whoever is not served at once waits for a connection;
   * while one does, the others queue, and when it is there as many of them go as it takes. A failure
   * is everybody's: none waits for a second attempt that would fail as late as the first.
   */
  private static final long MARGIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final int maxWaiting;
  private final long timeoutMillis;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private boolean connecting;
  private boolean parallel;

  private static final class Waiter {
    private final Supplier<Future<HttpClientRequest>> opening;
    private final Promise<HttpClientRequest> promise = Promise.promise();
    private long timer;

    Waiter(Supplier<Future<HttpClientRequest>> opening) {
      this.opening = opening;
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
    if (parallel || (!connecting && waiters.isEmpty())) {
      return begin(opening);
    }
    if (waiters.size() >= maxWaiting) {
      return Future.failedFuture("too many requests wait for a connection to the upstream");
    }
    Waiter waiter = new Waiter(opening);
    waiters.add(waiter);
    waiter.timer =
        vertx.setTimer(
            timeoutMillis,
            late -> {
              waiters.remove(waiter);
              waiter.promise.fail("no connection to the upstream in time");
            });
    return waiter.promise.future();
  }

  private Future<HttpClientRequest> begin(Supplier<Future<HttpClientRequest>> opening) {
    Future<HttpClientRequest> opened = attempt(opening);
    if (!parallel && !opened.isComplete()) {
      connecting = true;
      // one that never settled would shut everybody out
      long watchdog =
          vertx.setTimer(
              timeoutMillis + MARGIN_MILLIS,
              late ->
                  settled(
                      Future.<HttpClientRequest>failedFuture(
                          "no connection to the upstream in time")));
      opened.onComplete(
          result -> {
            if (vertx.cancelTimer(watchdog)) {
              settled(result);
            }
          });
    }
    return opened;
  }

  /** The library throws at some addresses, and whoever asked would wait for ever. */
  private static Future<HttpClientRequest> attempt(Supplier<Future<HttpClientRequest>> opening) {
    try {
      return opening.get();
    } catch (RuntimeException defect) {
      return Future.failedFuture(defect);
    }
  }

  private void settled(AsyncResult<HttpClientRequest> opened) {
    connecting = false;
    if (opened.succeeded()) {
      while (!waiters.isEmpty() && (parallel || !connecting)) {
        Waiter next = waiters.remove();
        vertx.cancelTimer(next.timer);
        begin(next.opening).onComplete(next.promise);
      }
      return;
    }
    List<Waiter> failed = new ArrayList<>(waiters);
    waiters.clear();
    for (Waiter waiter : failed) {
      vertx.cancelTimer(waiter.timer);
      waiter.promise.fail(opened.cause());
    }
  }
}
