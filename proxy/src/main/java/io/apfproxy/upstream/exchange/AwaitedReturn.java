package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * What one request does of which nothing was sent, as nobody is there: it waits until somebody is.
 * Belongs to the event loop of the request.
 */
final class AwaitedReturn {
  /*
   * Pulses may be answered where a request finds nobody, as by another server behind the same
   * address. So it waits a few times only, and what the pulse says of each time is soon known. Where
   * only its connection was gone, it goes on at once, also if it is not one that may wait.
   *
   * Its seats are paused meanwhile: its flow gets nothing for them, and is not to wait for longer
   * than others afterwards.
   */
  private static final int MOST_TIMES = 4;

  private final Vertx vertx;
  private final Chosen<?> chosen;
  private final Reporter events;
  private final HeldSeats seats;
  private final Runnable go;
  private final Runnable inVain;
  private int times;
  private boolean waiting;
  private Outage.@Nullable Place place;
  private @Nullable Throwable cause;

  /**
   * @param seats that it holds
   * @param go sends it
   * @param inVain told if its time is over
   */
  AwaitedReturn(
      Vertx vertx,
      Chosen<?> chosen,
      Reporter events,
      HeldSeats seats,
      Runnable go,
      Runnable inVain) {
    this.vertx = vertx;
    this.chosen = chosen;
    this.events = events;
    this.seats = seats;
    this.go = go;
    this.inVain = inVain;
  }

  /** Notes why no way was found, at the end of an attempt. */
  void notFound(Throwable why) {
    cause = why;
    end();
  }

  /**
   * Lets it wait.
   *
   * @return false if it may not
   */
  boolean begin() {
    return begin(false);
  }

  /**
   * Lets it try again, as only its connection was gone.
   *
   * @return false if it may not
   */
  boolean beginAnew() {
    return begin(true);
  }

  private boolean begin(boolean anew) {
    if (times == MOST_TIMES) {
      return false;
    }
    times++;
    leavePlace(); // it was let go, and finds nobody again
    Context own = vertx.getOrCreateContext();
    waiting = true; // before it is known whether it may: both answers come in later turns
    place =
        chosen.hold(
            () -> own.runOnContext(now -> over(go)), () -> own.runOnContext(now -> over(inVain)));
    waiting = place != null;
    if (!waiting && anew && !chosen.isAway()) {
      waiting = true;
      own.runOnContext(now -> over(go));
    }
    if (waiting) {
      events.held(Held.AWAITING_UPSTREAM, 1);
      seats.pause();
    }
    return waiting;
  }

  private void over(Runnable next) {
    if (waiting) {
      stop();
      next.run();
    }
  }

  private void stop() {
    if (waiting) {
      waiting = false;
      events.held(Held.AWAITING_UPSTREAM, -1);
      seats.resume();
    }
  }

  /** Whether it waits now. */
  boolean isWaiting() {
    return waiting;
  }

  /** What its client is told if it is not to wait any longer. */
  RefusedException refusal() {
    return UpstreamFault.unreachable(cause, chosen.retryAfterSeconds());
  }

  /** It waits no longer, or has ended. Harmless when repeated. */
  void end() {
    stop();
    leavePlace();
  }

  private void leavePlace() {
    Outage.Place left = place;
    place = null;
    if (left != null) {
      left.close();
    }
  }
}
