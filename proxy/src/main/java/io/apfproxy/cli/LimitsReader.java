package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.Limits;

/** Reads the limits and refuses those that could never be reached. */
final class LimitsReader {
  private static final int ADDRESS_SHARE = 4;
  private static final int USER_SHARE = 20;

  private static final int MOST_WATCHES = 100_000;

  /**
   * An open watch takes 10 to 23 KiB, on both sides together: all of them half of the heap at most.
   */
  private static final int HEAP_OF_WATCH = 48 << 10;

  private final Settings settings;
  private final long heapBytes;

  /**
   * @param heapBytes what the heap may grow to
   */
  LimitsReader(Settings settings, long heapBytes) {
    this.settings = settings;
    this.heapBytes = heapBytes;
  }

  Limits read() throws UsageException {
    int connections = settings.count(Flag.MAX_CONNECTIONS);
    int watches = settings.countIfSet(Flag.MAX_WATCHES).orElse(watchesOf(heapBytes));
    return new Limits(
        connections,
        share(Flag.MAX_CONNECTIONS_PER_ADDRESS, Flag.MAX_CONNECTIONS, connections, ADDRESS_SHARE),
        settings.count(Flag.MAX_NEW_CONNECTIONS_PER_ADDRESS),
        settings.count(Flag.MAX_TLS_HANDSHAKES),
        settings.addressBlocks(Flag.UNLIMITED_ADDRESSES),
        watches,
        share(Flag.MAX_WATCHES_PER_USER, Flag.MAX_WATCHES, watches, USER_SHARE),
        settings.count(Flag.MAX_WATCH_STARTS_PER_USER),
        settings.size(Flag.RESPONSE_BUFFER));
  }

  private static int watchesOf(long heapBytes) {
    return (int) Math.min(MOST_WATCHES, Math.max(1, heapBytes / HEAP_OF_WATCH));
  }

  /**
   * What was said, else a fraction of the whole. A part that is larger than the whole would mislead
   * whoever reads it.
   */
  private int share(Flag flag, Flag wholeFlag, int whole, int divisor) throws UsageException {
    int fraction = whole == 0 ? 0 : Math.max(1, whole / divisor);
    int part = settings.countIfSet(flag).orElse(fraction);
    if (whole > 0 && part > whole) {
      throw new UsageException(
          settings.origin(flag)
              + ": found "
              + part
              + ", expected no more than "
              + wholeFlag.flag()
              + ", which is "
              + whole);
    }
    return part;
  }
}
