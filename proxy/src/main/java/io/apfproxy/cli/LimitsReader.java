package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.Limits;

/** Reads the limits and refuses those that could never be reached. */
final class LimitsReader {
  private static final int ADDRESS_SHARE = 4;

  private final Settings settings;

  LimitsReader(Settings settings) {
    this.settings = settings;
  }

  Limits read() throws UsageException {
    int connections = settings.count(Flag.MAX_CONNECTIONS);
    return new Limits(
        connections,
        perAddress(connections),
        settings.count(Flag.MAX_NEW_CONNECTIONS_PER_ADDRESS),
        settings.count(Flag.MAX_TLS_HANDSHAKES),
        settings.addressBlocks(Flag.UNLIMITED_ADDRESSES));
  }

  private int perAddress(int connections) throws UsageException {
    int quarter = connections == 0 ? 0 : Math.max(1, connections / ADDRESS_SHARE);
    int found = settings.countIfSet(Flag.MAX_CONNECTIONS_PER_ADDRESS).orElse(quarter);
    return within(found, Flag.MAX_CONNECTIONS_PER_ADDRESS, connections, Flag.MAX_CONNECTIONS);
  }

  /** A part that is larger than the whole would mislead whoever reads it. */
  private int within(int part, Flag partFlag, int whole, Flag wholeFlag) throws UsageException {
    if (whole > 0 && part > whole) {
      throw new UsageException(
          settings.origin(partFlag)
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
