package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.MovingSeats;
import java.time.Duration;

/** Reads how seats move, and refuses what they could not do. */
final class SeatsReader {
  private static final int PART = 20;
  private static final int LEAST = 3;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final Settings settings;
  private final boolean fair;
  private final long sum;

  /**
   * @param fair whether there are priority levels
   * @param sum of the two limits
   */
  SeatsReader(Settings settings, boolean fair, long sum) {
    this.settings = settings;
    this.fair = fair;
    this.sum = sum;
  }

  MovingSeats read() throws UsageException {
    boolean adaptive = settings.bool(Flag.ADAPTIVE_SEATS);
    if (!fair && (adaptive || settings.countIfSet(Flag.MIN_SEATS).isPresent())) {
      throw new UsageException(
          settings.origin(adaptive ? Flag.ADAPTIVE_SEATS : Flag.MIN_SEATS)
              + ": found with "
              + Flag.ENABLE_PRIORITY_AND_FAIRNESS.flag()
              + "=false, whose two limits never move; expected one of the two");
    }
    Duration target = settings.duration(Flag.TARGET_DELAY);
    if (target.compareTo(SHORTEST) < 0 || target.compareTo(LONGEST) > 0) {
      throw settings.unexpected(Flag.TARGET_DELAY);
    }
    if (!adaptive && settings.isGiven(Flag.TARGET_DELAY)) {
      throw new UsageException(
          settings.origin(Flag.TARGET_DELAY)
              + ": found without "
              + Flag.ADAPTIVE_SEATS.flag()
              + ", which alone goes by it; expected both");
    }
    int burst = settings.count(Flag.BURST_SEATS);
    if (burst > 0 && !adaptive) {
      throw new UsageException(
          settings.origin(Flag.BURST_SEATS)
              + ": found without "
              + Flag.ADAPTIVE_SEATS.flag()
              + ", which tells whether upstream could do more; expected both");
    }
    return new MovingSeats(adaptive, least(), target, burst);
  }

  private int least() throws UsageException {
    int usual = (int) Math.min(sum, Math.max(LEAST, sum / PART));
    int least = settings.countIfSet(Flag.MIN_SEATS).orElse(usual);
    if (fair && (least < 1 || least > sum)) {
      throw new UsageException(
          settings.origin(Flag.MIN_SEATS)
              + ": found "
              + least
              + ", expected 1 to "
              + sum
              + ", which is "
              + Flag.MAX_REQUESTS_INFLIGHT.flag()
              + " and "
              + Flag.MAX_MUTATING_REQUESTS_INFLIGHT.flag()
              + " together");
    }
    return least;
  }
}
