package io.apfproxy.time;

import java.math.BigInteger;

/** Parts of numbers, rounded up: exact, though products have more bits than a {@code long}. */
final class Fraction {
  /*
   * A quotient that is near is found in floating point, within a 2^-50th of it. How far it is off follows from the products' low
   * 64 bits, which are the whole difference as long as that has no more. So each of 100,000 keys costs two divisions, and no object.
   */
  private static final double DIFFERENCE_IS_SMALL = 0x1p112;

  private Fraction() {}

  /**
   * A number, times one, divided by another.
   *
   * @param number 0 or more, as {@code times} is
   * @param by 1 to 2<sup>62</sup>
   * @param most the result if it were more; less than 2<sup>62</sup>
   */
  static long up(long number, long times, long by, long most) {
    double product = (double) number * times;
    if (product / by > 2.0 * most) {
      return most;
    }
    if (product >= DIFFERENCE_IS_SMALL) {
      return up(
          BigInteger.valueOf(number), BigInteger.valueOf(times), BigInteger.valueOf(by), most);
    }
    long near = (long) (product / by);
    long rest = number * times - near * by;
    long down = near + Math.floorDiv(rest, by);
    return Math.min(most, Math.floorMod(rest, by) == 0 ? down : down + 1);
  }

  /** The same of numbers of any size. */
  static long up(BigInteger number, BigInteger times, BigInteger by, long most) {
    return number
        .multiply(times)
        .add(by)
        .subtract(BigInteger.ONE)
        .divide(by)
        .min(BigInteger.valueOf(most))
        .longValue();
  }
}
