package io.apfproxy.replay.scenario;

import java.util.SplittableRandom;

/** What one client draws by lot; the same for the same seed and numbers. Not thread-safe. */
final class Dice {
  /*
   * StrictMath, not Math: a report is the same on every machine, to the last digit. A generator for
   * each stream of requests: what one client does shifts nothing of what others draw, so that two
   * configurations see the same requests.
   */
  private static final double QUANTILE_99 = 2.3263478740408408;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final SplittableRandom random;

  Dice(long seed, int client, int ask, int index) {
    random = new SplittableRandom(((seed * MIX + client) * MIX + ask) * MIX + index);
  }

  /** Evenly from 0 to just below {@code end}; 0 if that is 0. */
  long below(long end) {
    return end <= 0 ? 0 : random.nextLong(end);
  }

  /** The pause to the next of so many independent events a second, in nanoseconds. */
  long pause(double perSecond) {
    return (long) (-StrictMath.log(1 - random.nextDouble()) / perSecond * 1e9);
  }

  /** How long a request is served, at least 1 ns. */
  long service(Scenario.Service service) {
    if (service.p50() == service.p99()) {
      return Math.max(1, service.p50());
    }
    double spread =
        StrictMath.log((double) service.p99() / Math.max(1, service.p50())) / QUANTILE_99;
    return Math.max(1, (long) (service.p50() * StrictMath.exp(spread * normal())));
  }

  /** By Box and Muller, of two draws. */
  private double normal() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
