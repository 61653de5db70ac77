package io.apfproxy.queueset;

/**
 * What a level may save and spend. Source: specification limits.md L-60, L-61.
 *
 * @param seats that it may hold beyond its limit, 1 to 10,000
 * @param seconds for which all of them last, once they are saved up; 1 to 600
 * @param nominal seats that are its own; what it leaves unused of them is saved
 */
public record BurstTerms(int seats, int seconds, int nominal) {
  public static final int MOST_SEATS = 10_000;
  public static final int MOST_SECONDS = 600;

  public BurstTerms {
    if (seats < 1 || seats > MOST_SEATS) {
      throw new IllegalArgumentException("seats are " + seats + ", must be in 1.." + MOST_SEATS);
    }
    if (seconds < 1 || seconds > MOST_SECONDS) {
      throw new IllegalArgumentException(
          "seconds are " + seconds + ", must be in 1.." + MOST_SECONDS);
    }
  }

  /** The most that is saved, in seat-nanoseconds. */
  long most() {
    return seats * (seconds * BurstCredit.SECOND);
  }
}
