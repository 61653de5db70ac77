package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * Watches the client of one response while nothing more is read for it. Belongs to the event loop
 * of the request.
 */
final class SlowReader {
  /** So late it may be noticed that others wait. */
  private static final long LOOK_MILLIS = 250;

  private final Vertx vertx;
  private final Reporter events;
  private final Backlog backlog;
  private final Runnable tooSlow;
  private final DrainClock clock = new DrainClock();
  private long timer = -1;

  /**
   * @param tooSlow called at most once
   */
  SlowReader(Vertx vertx, Reporter events, Backlog backlog, Runnable tooSlow) {
    this.vertx = vertx;
    this.events = events;
    this.backlog = backlog;
    this.tooSlow = tooSlow;
  }

  /** Nothing more is read for it. */
  void stand() {
    events.held(Held.BLOCKED_RESPONSE, 1);
    clock.stand(System.nanoTime(), backlog.taken(), wanted());
    if (timer < 0) {
      lookAgain();
    }
  }

  private void lookAgain() {
    long left = TimeUnit.NANOSECONDS.toMillis(clock.leftNanos()) + 1;
    timer = vertx.setTimer(Math.min(LOOK_MILLIS, left), due -> look());
  }

  /** It is read on. Harmless when it was. */
  void move() {
    if (clock.isStanding()) {
      events.held(Held.BLOCKED_RESPONSE, -1);
      clock.move(System.nanoTime(), backlog.taken());
    }
  }

  private void look() {
    timer = -1;
    if (!clock.isStanding()) {
      clock.rest();
      stop();
    } else if (clock.look(System.nanoTime(), backlog.taken(), wanted())) {
      stop();
      tooSlow.run();
    } else {
      lookAgain();
    }
  }

  /** Seats that others wait for. */
  private int wanted() {
    HeldSeats seats = backlog.seats();
    int held = seats.held();
    return held > 0 && seats.isAwaited() ? held : 0;
  }

  /** Harmless when repeated. */
  void stop() {
    move();
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }
}
