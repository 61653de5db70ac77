package io.apfproxy.server.listen;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * How many connections clients may have. 0 means no limit everywhere. What is of one address binds
 * only while the whole is scarce, or always if the whole has no limit. Source: specification
 * security.md 12.
 *
 * @param total of all clients
 * @param perAddress of one address; 0: neither shares of connections nor of handshakes
 * @param newPerSecond of one address, and five times as many at once; who comes more often waits
 *     for others, if there are any
 * @param handshakes under way; of one address a quarter of them
 * @param unlimited addresses that the limits per address do not hold for
 * @param strangersGiveWay who has not ended its handshake gives way to who comes, the longest one
 *     first: for listeners where that proves something. Elsewhere only to its own address, and
 *     after ten seconds
 * @param handshakeTime what a client may take in all for its own part of its handshake, and, in
 *     line, for its first byte; whole seconds
 */
public record ConnectionLimits(
    int total,
    int perAddress,
    int newPerSecond,
    int handshakes,
    Predicate<InetAddress> unlimited,
    boolean strangersGiveWay,
    Duration handshakeTime) {
  /**
   * Of a thousand clients on one slow machine the last one takes half of that. Those of Kubernetes
   * themselves give up after ten seconds.
   */
  public static final Duration HANDSHAKE_TIME = Duration.ofMinutes(1);

  /** Where strangers are as good as anybody. */
  public ConnectionLimits(
      int total,
      int perAddress,
      int newPerSecond,
      int handshakes,
      Predicate<InetAddress> unlimited) {
    this(total, perAddress, newPerSecond, handshakes, unlimited, false, HANDSHAKE_TIME);
  }

  /** No limits at all. */
  public static final ConnectionLimits NONE = new ConnectionLimits(0, 0, 0, 0, address -> false);

  private static final int BURST_SECONDS = 5;
  private static final int SHARE = 4;

  /** Each takes an event loop a millisecond at most. */
  private static final int OWED = 64;

  public boolean none() {
    return total == 0 && perAddress == 0 && newPerSecond == 0 && handshakes == 0;
  }

  static boolean isReached(int number, int limit) {
    return limit > 0 && number >= limit;
  }

  int burst() {
    return (int) Math.min(Integer.MAX_VALUE, (long) newPerSecond * BURST_SECONDS);
  }

  /** How many handshakes may wait for us at a time. */
  int handshakesOwed() {
    return Math.min(handshakes, OWED);
  }

  /** The share of one address in so many handshakes. */
  int ofAddress(int all) {
    return perAddress == 0 || all == 0 ? 0 : Math.max(1, all / SHARE);
  }
}
