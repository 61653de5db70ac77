package io.apfproxy.queueset;

/**
 * Shuffle sharding: deals each flow the few queues it may wait in. Not thread-safe where the hand
 * is shared. Source: reference, shufflesharding/shufflesharding.go, same result bit for bit.
 */
public final class Dealer {
  /** Bits of hash that one deal may use up. */
  public static final int MAX_ENTROPY_BITS = 60;

  private static final int MAX_QUEUES = 1 << 26;

  private final int queues;
  private final int handSize;
  private final int[] digits;

  /**
   * @param queues queues to deal from, 1 to 2^26
   * @param handSize queues one flow may wait in, 1 to {@code queues}
   * @throws IllegalArgumentException if out of range, or if one deal would need more than {@value
   *     #MAX_ENTROPY_BITS} bits of hash
   */
  public Dealer(int queues, int handSize) {
    if (!accepts(queues, handSize)) {
      throw new IllegalArgumentException(
          "cannot deal "
              + handSize
              + " of "
              + queues
              + " queues with "
              + MAX_ENTROPY_BITS
              + " bits");
    }
    this.queues = queues;
    this.handSize = handSize;
    this.digits = new int[handSize];
  }

  /** Whether the constructor takes these arguments. */
  public static boolean accepts(int queues, int handSize) {
    return queues >= 1
        && queues <= MAX_QUEUES
        && handSize >= 1
        && handSize <= queues
        && entropyBits(queues, handSize) <= MAX_ENTROPY_BITS;
  }

  /** Bits of hash that one deal uses up: the logarithm of the queues times the hand, rounded up. */
  public static int entropyBits(int queues, int handSize) {
    int exponent = 32 - Integer.numberOfLeadingZeros(queues);
    double fraction = Math.scalb((double) queues, -exponent);
    // Through the fraction: exact for powers of two, and else rounded as the reference rounds.
    double log2 =
        fraction == 0.5 ? exponent - 1 : Math.log(fraction) * (1 / Math.log(2)) + exponent;
    return (int) Math.ceil(log2 * handSize);
  }

  /** Size of a hand. */
  public int handSize() {
    return handSize;
  }

  /**
   * Deals a hand.
   *
   * @param flowHash all 64 bits count, read as unsigned
   * @param hand receives {@link #handSize} distinct indexes in {@code [0, queues)}, in dealing
   *     order
   */
  public void deal(long flowHash, int[] hand) {
    long rest = flowHash;
    for (int i = 0; i < handSize; i++) {
      int left = queues - i;
      long quotient = Long.divideUnsigned(rest, left);
      digits[i] = (int) (rest - quotient * left);
      rest = quotient;
      // The digit counts among the cards not dealt yet; step over those below it, latest first.
      int card = digits[i];
      for (int j = i - 1; j >= 0; j--) {
        if (card >= digits[j]) {
          card++;
        }
      }
      hand[i] = card;
    }
  }
}
