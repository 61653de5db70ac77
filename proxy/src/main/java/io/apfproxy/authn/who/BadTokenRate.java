package io.apfproxy.authn.who;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;

/**
 * How many bad tokens an address has had reviewed. Only bad ones are charged, when they turn out to
 * be: an address that many honest clients share may have any number of good ones. Thread-safe.
 */
final class BadTokenRate {
  private static final int PER_SECOND = 20;
  private static final int AT_ONCE = 200;
  private static final int MOST_ADDRESSES = 10_000;

  private final KeyTable left;
  private final TimeSource time;

  BadTokenRate(TimeSource time) {
    this.time = time;
    this.left = new KeyTable(MOST_ADDRESSES, Pace.perSecond(PER_SECOND, AT_ONCE), time.nanoTime());
  }

  boolean isExceededBy(Source source) {
    return left.peek(key(source), KeyTable.NOBODY, time.nanoTime(), 1, 0) < 0;
  }

  void charge(Source source) {
    var unused = left.take(key(source), time.nanoTime(), 1, 0); // all it has, and no more
  }

  private static long key(Source source) {
    return source.asker() instanceof ClientAddress address
        ? KeyHash.of(address.ipv6() ? 6 : 4, address.bits())
        : KeyHash.of(source.asker().toString());
  }
}
