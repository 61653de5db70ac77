package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long the handshakes of an address take, to tell one that does not get on from those that are
 * slow because all of their address are: it, or this machine, has much to do. Not thread-safe.
 */
final class HandshakeTimes {
  /** What takes less is not slow, whatever is usual. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** The same for an address of which nothing is known. */
  private static final long UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What takes longer is, however slowly clients that mean no good have ended theirs. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** So many times as long as usual is slow. */
  private static final int MUCH_LONGER = 4;

  /** With each that took longer, or less long, what is usual moves by so much of it. */
  private static final int STEP = 4;

  /** How long about half of those of an address took at most, in nanoseconds. */
  private final Map<ClientAddress, Long> usual;

  /**
   * @param most addresses that are remembered, those that were not heard of longest go first
   */
  HandshakeTimes(int most) {
    usual =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<ClientAddress, Long> eldest) {
            return size() > most;
          }
        };
  }

  /**
   * One has ended well.
   *
   * @param nanos it took
   */
  void succeeded(ClientAddress address, long nanos) {
    usual.merge(address, Math.max(1, nanos), (known, took) -> towards(took, known));
  }

  private static long towards(long took, long known) {
    long step = known / STEP + 1;
    return took > known ? Math.min(took, known + step) : Math.max(took, known - step);
  }

  /**
   * Whether one of an address is slow.
   *
   * @param nanos it has taken so far
   */
  boolean isSlow(ClientAddress address, long nanos) {
    Long known = usual.get(address);
    return nanos
        >= (known == null
            ? UNKNOWN_NANOS
            : Math.max(LEAST_NANOS, Math.min(MOST_NANOS, MUCH_LONGER * known)));
  }
}
