package io.apfproxy.authn.who;

import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;

/**
 * How many bad tokens an address has had reviewed. Only bad ones are charged, when they turn out to
 * be: an address that many honest clients share may have any number of good ones. Thread-safe.
 */
final class BadTokenRate {
  private static final int PER_SECOND = 20;
  private static final int AT_ONCE = 200;
  private static final int MOST_ADDRESSES = 10_000;

  private final TokenBuckets<Object> left;

  BadTokenRate(TimeSource time) {
    left = new TokenBuckets<>(PER_SECOND, AT_ONCE, MOST_ADDRESSES, time);
  }

  boolean isExceededBy(Source source) {
    return left.isEmpty(source.asker());
  }

  void charge(Source source) {
    var unused = left.take(source.asker()); // more than all it has cannot be taken
  }
}
