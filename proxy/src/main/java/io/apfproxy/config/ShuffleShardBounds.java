package io.apfproxy.config;

import io.apfproxy.config.PriorityLevelConfiguration.Queuing;

/** Which hands can be dealt from a 64-bit hash. Source: specification apf-config.md 1.6. */
final class ShuffleShardBounds {
  static final int MAX_HASH_BITS = 60;
  private static final int MAX_DECK = 1 << 26;

  private ShuffleShardBounds() {}

  /** Bits of hash that dealing uses up; only meaningful for positive arguments. */
  static int entropyBits(int queues, int handSize) {
    // the logarithm of a power of two must be exact: 16 queues in hands of 15 need 60 bits, not 61
    double log2 =
        Integer.bitCount(queues) == 1
            ? Integer.numberOfTrailingZeros(queues)
            : Math.log(queues) / Math.log(2);
    return (int) Math.ceil(log2 * handSize);
  }

  static boolean canDeal(Queuing queuing) {
    int queues = queuing.queues();
    int handSize = queuing.handSize();
    return queues >= 1
        && queues <= MAX_DECK
        && handSize >= 1
        && handSize <= queues
        && entropyBits(queues, handSize) <= MAX_HASH_BITS;
  }
}
