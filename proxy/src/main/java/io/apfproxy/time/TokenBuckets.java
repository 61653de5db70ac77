package io.apfproxy.time;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How often each key may do a thing: so many times at once, and so many per second after that.
 * Thread-safe.
 *
 * <p>Only full buckets are forgotten, which are as those that are not there. Keys for which there
 * is no room then share one bucket. Source: specification security.md S61.
 */
public final class TokenBuckets<K> {
  /*
   * A bucket is one number: when it will be full again. A token taken moves that moment on by the
   * time one token takes to come; a bucket whose moment has passed is full, as one that is not there.
   * A bucket that gave no token for as long as an empty one takes to fill is full, so the eldest, by
   * the last token, are those that can be full; a few of them are looked at, which is enough to make
   * room as fast as it is used.
   */
  private static final int LOOKED_AT = 4;

  private final long tokenNanos;
  private final long depthNanos;
  private final int mostKeys;
  private final TimeSource time;
  private final Map<K, Long> fullAt = new LinkedHashMap<>();
  private long sharedFullAt;
  private boolean sharedUsed;
  private long shared;

  /**
   * @param perSecond 1 or more
   * @param burst tokens of a full bucket, 1 or more
   * @param mostKeys 1 or more
   */
  public TokenBuckets(int perSecond, int burst, int mostKeys, TimeSource time) {
    if (perSecond < 1 || burst < 1 || mostKeys < 1) {
      throw new IllegalArgumentException(
          perSecond + " a second, " + burst + " at once, " + mostKeys + " keys: must be 1 or more");
    }
    this.tokenNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.depthNanos = tokenNanos * burst;
    this.mostKeys = mostKeys;
    this.time = time;
  }

  /**
   * Takes a token.
   *
   * @return 0, or, if there is none, the nanoseconds until there is one again
   */
  public synchronized long take(K key) {
    long now = time.nanoTime();
    Long known = fullAt.get(key);
    if (known == null && !hasRoom(now)) {
      return takeShared(now);
    }
    long from = known == null ? now : later(known, now);
    long wait = wait(from, now);
    if (wait == 0) {
      fullAt.remove(key); // to the end: they are in the order of their last tokens
      fullAt.put(key, from + tokenNanos);
    }
    return wait;
  }

  private boolean hasRoom(long now) {
    Iterator<Long> eldest = fullAt.values().iterator();
    for (int i = 0; i < LOOKED_AT && fullAt.size() >= mostKeys && eldest.hasNext(); i++) {
      if (eldest.next() - now <= 0) {
        eldest.remove();
      }
    }
    return fullAt.size() < mostKeys;
  }

  private long takeShared(long now) {
    shared++;
    long from = sharedUsed ? later(sharedFullAt, now) : now;
    long wait = wait(from, now);
    if (wait == 0) {
      sharedUsed = true;
      sharedFullAt = from + tokenNanos;
    }
    return wait;
  }

  private static long later(long moment, long now) {
    return moment - now < 0 ? now : moment;
  }

  private long wait(long from, long now) {
    return Math.max(0, from + tokenNanos - now - depthNanos);
  }

  /** Whether there is no token. */
  public synchronized boolean isEmpty(K key) {
    long now = time.nanoTime();
    Long known = fullAt.get(key);
    if (known == null && !hasRoom(now)) {
      return sharedUsed && wait(later(sharedFullAt, now), now) > 0;
    }
    return known != null && wait(later(known, now), now) > 0;
  }

  /** Keys remembered now. */
  public synchronized int size() {
    return fullAt.size();
  }

  /** How often a key had to ask the shared bucket, for want of room for one of its own. */
  public synchronized long shared() {
    return shared;
  }
}
