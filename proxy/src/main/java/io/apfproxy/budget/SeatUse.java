package io.apfproxy.budget;

/**
 * What becomes of the seats at one instant.
 *
 * @param inUse in all levels, exempt ones included
 * @param limits sum of the limits of those levels that are limited
 * @param waiting whether some request waits for seats
 * @param shadow whether some level lets pass whom it would hold back, so that the upstream has more
 *     to do than seats say
 */
public record SeatUse(long inUse, long limits, boolean waiting, boolean shadow) {
  /** Of levels that all hold back whom they decide to hold back. */
  public SeatUse(long inUse, long limits, boolean waiting) {
    this(inUse, limits, waiting, false);
  }

  /** The same of a moment at which somebody waits, if in no level. */
  public SeatUse andWaiting() {
    return new SeatUse(inUse, limits, true, shadow);
  }
}
