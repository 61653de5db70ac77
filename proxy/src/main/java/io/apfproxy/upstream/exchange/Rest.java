package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * What still waits for the client of a response that the upstream has sent: its seats are back, and
 * it drains. Its client has as long as the request may take, and must read 1 KiB/s over a minute.
 * Belongs to the event loop of the request. Source: specification limits.md L-71.
 */
final class Rest {
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Reporter events;
  private final Backlog backlog;
  private final ExchangeListener listener;
  private final Consumer<String> cutOff;
  private final DrainClock clock = new DrainClock();
  private final long began = System.nanoTime();
  private final long nanosLeft;
  private final int seats;
  private long timer = -1;
  private boolean over;

  /**
   * It begins. Make it before the seats go back.
   *
   * @param listener told when it is over
   * @param cutOff given the rule by which the client has had its time; called at most once
   */
  Rest(
      Vertx vertx,
      Reporter events,
      Backlog backlog,
      ExchangeListener listener,
      Consumer<String> cutOff) {
    this.vertx = vertx;
    this.events = events;
    this.backlog = backlog;
    this.listener = listener;
    this.cutOff = cutOff;
    this.nanosLeft = listener.nanosLeft();
    this.seats = backlog.seats().held();
    listener.draining();
  }

  /**
   * Watches it until it is over.
   *
   * @param sent completes when the client has taken it all, or never will
   */
  void follow(Future<Void> sent) {
    clock.stand(began, backlog.taken(), 0);
    timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
    sent.onComplete(gone -> stop());
  }

  private void look() {
    long now = System.nanoTime();
    if (now - began >= nanosLeft) {
      cutOff("deadline");
    } else if (clock.look(now, backlog.taken(), 0)) {
      cutOff("slow-reader");
    }
  }

  private void cutOff(String rule) {
    cancelTimer();
    cutOff.accept(rule);
  }

  private void cancelTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** Harmless when repeated. */
  void stop() {
    cancelTimer();
    if (!over) {
      over = true;
      events.seatsReturnedEarly(seats * (System.nanoTime() - began));
      listener.drained();
    }
  }
}
