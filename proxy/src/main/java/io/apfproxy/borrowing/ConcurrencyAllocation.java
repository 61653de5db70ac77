package io.apfproxy.borrowing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Shares a sum in proportion to targets, within bounds. Source: reference, conc_alloc.go.
 *
 * @param shares one for each class, in their order; their sum is the required one but for rounding
 * @param proportion share by target of every class that sits on none of its bounds
 */
public record ConcurrencyAllocation(List<Double> shares, double proportion) {
  private static final double LEAST_TARGET = 0.001;
  private static final double EPSILON = 1e-7;

  public ConcurrencyAllocation {
    shares = List.copyOf(shares);
  }

  /**
   * One that takes part.
   *
   * @param target at least {@code lower}
   * @param lower least share, at least 0
   * @param upper largest share, at least {@code lower}
   */
  public record Claim(double target, double lower, double upper) {
    public Claim {
      if (lower < 0 || target < lower || upper < lower) {
        throw new IllegalArgumentException(
            "target " + target + ", bounds " + lower + " to " + upper + ": out of order");
      }
    }

    private double weight() {
      return Math.max(target, LEAST_TARGET);
    }

    private double share(double proportion) {
      return Math.max(lower, Math.min(upper, proportion * weight()));
    }
  }

  /** Where the sum of the shares begins to grow faster, or slower, as the proportion rises. */
  private record Bend(double proportion, double slope) {}

  /**
   * Finds the shares.
   *
   * @throws IllegalArgumentException if the bounds do not allow the sum, or rounding keeps it from
   *     being reached
   */
  public static ConcurrencyAllocation of(long requiredSum, List<Claim> claims) {
    // Plain sums, one by one: a stream's sum corrects its rounding, the reference's does not.
    double sumOfLower = 0;
    double sumOfUpper = 0;
    double sumOfWeights = 0;
    double highestLower = 0;
    double lowestUpper = Double.MAX_VALUE;
    for (Claim claim : claims) {
      sumOfLower += claim.lower();
      sumOfUpper += claim.upper();
      sumOfWeights += claim.weight();
      highestLower = Math.max(highestLower, claim.lower() / claim.weight());
      lowestUpper = Math.min(lowestUpper, claim.upper() / claim.weight());
    }
    if (requiredSum < 0
        || sumOfLower - requiredSum > EPSILON
        || requiredSum - sumOfUpper > EPSILON) {
      throw new IllegalArgumentException(
          "required sum is " + requiredSum + ", bounds allow " + sumOfLower + " to " + sumOfUpper);
    }
    if (requiredSum == 0) {
      return new ConcurrencyAllocation(claims.stream().map(claim -> 0.0).toList(), 0);
    }
    if (requiredSum - sumOfLower < EPSILON) {
      return new ConcurrencyAllocation(
          claims.stream().map(Claim::lower).toList(),
          claims.stream().mapToDouble(c -> c.lower() / c.weight()).min().orElse(0));
    }
    if (sumOfUpper - requiredSum < EPSILON) {
      return new ConcurrencyAllocation(
          claims.stream().map(Claim::upper).toList(),
          claims.stream().mapToDouble(c -> c.upper() / c.weight()).max().orElse(0));
    }
    double even = requiredSum / sumOfWeights;
    boolean bounded = even < highestLower || even > lowestUpper;
    double proportion = bounded ? sweep((double) requiredSum, sumOfLower, claims) : even;
    return new ConcurrencyAllocation(
        claims.stream().map(claim -> claim.share(proportion)).toList(), proportion);
  }

  /**
   * The proportion at which the shares add up: raised from where all are at their lower bounds,
   * bend by bend.
   */
  private static double sweep(double requiredSum, double sumOfLower, List<Claim> claims) {
    List<Bend> bends = new ArrayList<>();
    for (Claim claim : claims) {
      bends.add(new Bend(claim.lower() / claim.weight(), claim.weight()));
      bends.add(new Bend(claim.upper() / claim.weight(), -claim.weight()));
    }
    bends.sort(Comparator.comparingDouble(Bend::proportion));
    double proportion = bends.get(0).proportion();
    double sum = sumOfLower;
    double slope = 0;
    int growing = 0;
    for (Bend bend : bends) {
      if (bend.proportion() > proportion) {
        // The count says whether any share grows: the slope may be off zero by rounding.
        if (growing > 0) {
          double solution = proportion + (requiredSum - sum) / slope;
          if (solution <= bend.proportion()) {
            return solution;
          }
          sum += slope * (bend.proportion() - proportion);
        }
        proportion = bend.proportion();
        if (sum >= requiredSum) {
          return proportion;
        }
      }
      slope += bend.slope();
      growing += bend.slope() > 0 ? 1 : -1;
    }
    // Claims that differ by many magnitudes: the reference gives up here too.
    throw new IllegalArgumentException(
        "required sum is " + requiredSum + ", rounding ends at " + sum + " with all at their most");
  }
}
