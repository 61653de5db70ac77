package io.apfproxy.app;

import io.apfproxy.budget.SeatChange;
import io.apfproxy.budget.SeatMove;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log how seats move: once a minute at most, and each time a delay was taken for a
 * longer way. Called by one thread. Source: specification limits.md L-55.
 */
final class SeatLog implements Consumer<SeatMove> {
  private static final Logger LOG = LoggerFactory.getLogger(SeatLog.class);
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanos;
  private boolean said;
  private long saidAt;

  /**
   * @param nanos monotonic time
   */
  SeatLog(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public void accept(SeatMove move) {
    if (move.why() == SeatChange.REBASE) {
      LOG.info(
          "upstream is {} ms away now: that is the way, not its load; {} seats again",
          millis(move.baseNanos()),
          move.now());
      return;
    }
    long now = nanos.getAsLong();
    if (move.why() == SeatChange.DIP || (said && now - saidAt < MINUTE_NANOS)) {
      return;
    }
    said = true;
    saidAt = now;
    if (move.why() == SeatChange.SHADOW) {
      LOG.info(
          "{} seats instead of {}: all there are, as long as a level is in shadow",
          move.now(),
          move.before());
      return;
    }
    LOG.info(
        "{} seats instead of {} ({}): upstream keeps a tiny request waiting for {} ms,"
            + " its way takes {} ms",
        move.now(),
        move.before(),
        move.why().label(),
        millis(move.delayNanos()),
        millis(move.baseNanos()));
  }

  private static double millis(long nanoseconds) {
    return Math.round(nanoseconds / 1e4) / 1e2;
  }
}
