package io.apfproxy.borrowing;

import io.apfproxy.borrowing.ConcurrencyAllocation.Claim;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current limits of all levels for the next borrowing period. Source: reference,
 * apf_controller.go, {@code updateBorrowingLocked}.
 *
 * @param branch 1: exempt demand leaves the others their least limits; 2: it leaves less than they
 *     want; 3: everything is shared
 * @param fairFraction proportion of targets given in branch 3, else 0
 * @param limits one for each level, in their order
 * @param targets seats each level was thought to want; of an exempt level its limit
 * @param failure why the allocation failed and limits stay as they were; null if it did not
 */
public record LimitAdjustment(
    int branch,
    double fairFraction,
    List<Integer> limits,
    List<Double> targets,
    @Nullable String failure) {
  public LimitAdjustment {
    limits = List.copyOf(limits);
    targets = List.copyOf(targets);
  }

  /**
   * One level before the adjustment.
   *
   * @param nominal its limit by shares
   * @param min limit with everything lendable lent
   * @param max limit with everything borrowed it may borrow
   * @param current limit in force
   */
  public record Level(
      boolean exempt, int nominal, int min, int max, int current, SeatDemandStats demand) {
    /** The limit it needs now, as far as it is its own. */
    int wanted() {
      int own = exempt ? demand.highWatermark() : Math.min(nominal, demand.highWatermark());
      return Math.max(min, own);
    }

    double target() {
      return exempt ? wanted() : Math.max(wanted(), demand.smoothed());
    }
  }

  /** Computes the limits; levels keep their order. */
  public static LimitAdjustment of(List<Level> levels) {
    long nominalSum = 0; // each is rounded up, so that all may be more than an int
    long remaining = 0;
    long minSum = 0;
    long wantedSum = 0;
    for (Level level : levels) {
      nominalSum += level.nominal();
      if (level.exempt()) {
        remaining -= level.wanted();
      } else {
        minSum += level.min();
        wantedSum += level.wanted();
      }
    }
    remaining += nominalSum;
    if (remaining <= minSum) {
      return squeezed(1, levels, 0);
    }
    if (remaining <= wantedSum) {
      return squeezed(2, levels, (double) (remaining - minSum) / (wantedSum - minSum));
    }
    return shared(levels, nominalSum);
  }

  /** Everybody gets the same part of the way from the least limit to the wanted one. */
  private static LimitAdjustment squeezed(int branch, List<Level> levels, double part) {
    List<Integer> limits = new ArrayList<>();
    for (Level level : levels) {
      int more = (int) Math.round((level.wanted() - level.min()) * part);
      limits.add(level.exempt() ? level.wanted() : level.min() + more);
    }
    return new LimitAdjustment(branch, 0, limits, targets(levels), null);
  }

  /** All nominal seats are shared, exempt demand or not: so does the reference. */
  private static LimitAdjustment shared(List<Level> levels, long nominalSum) {
    List<Integer> limits = new ArrayList<>();
    try {
      List<Claim> claims = new ArrayList<>();
      for (Level level : levels) {
        if (!level.exempt()) {
          claims.add(new Claim(level.target(), level.wanted(), level.max()));
        }
      }
      ConcurrencyAllocation allocation = ConcurrencyAllocation.of(nominalSum, claims);
      int next = 0;
      for (Level level : levels) {
        limits.add(
            level.exempt() ? level.wanted() : (int) Math.round(allocation.shares().get(next++)));
      }
      return new LimitAdjustment(3, allocation.proportion(), limits, targets(levels), null);
    } catch (IllegalArgumentException e) {
      levels.forEach(level -> limits.add(level.exempt() ? level.wanted() : level.current()));
      return new LimitAdjustment(3, 0, limits, targets(levels), e.getMessage());
    }
  }

  private static List<Double> targets(List<Level> levels) {
    return levels.stream().map(Level::target).toList();
  }
}
