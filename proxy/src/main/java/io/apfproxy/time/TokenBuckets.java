package io.apfproxy.time;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How often each key may do a thing: so many times at once, and so many per second after that.
 * Thread-safe.
 *
 * <p>Keys beyond the bound are forgotten, least recently asked for first, which gives them a full
 * bucket again.
 */
public final class TokenBuckets<K> {
  /*
   * A bucket is one number: when it will be full again. A token taken moves that moment on by the
   * time one token takes to come; a bucket whose moment has passed is full, as one that is not there.
   */
  private final long tokenNanos;
  private final long depthNanos;
  private final TimeSource time;
  private final Map<K, Long> fullAt;
  private long forgotten;

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
    this.time = time;
    this.fullAt =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Long> eldest) {
            boolean over = size() > mostKeys;
            if (over && eldest.getValue() - time.nanoTime() > 0) {
              forgotten++;
            }
            return over;
          }
        };
  }

  /**
   * Takes a token.
   *
   * @return 0, or, if there is none, the nanoseconds until there is one again
   */
  public synchronized long take(K key) {
    long now = time.nanoTime();
    Long known = fullAt.get(key);
    long from = known == null || known - now < 0 ? now : known;
    long wait = from + tokenNanos - now - depthNanos;
    if (wait > 0) {
      return wait;
    }
    fullAt.put(key, from + tokenNanos);
    return 0;
  }

  /** Whether there is no token. */
  public synchronized boolean isEmpty(K key) {
    Long known = fullAt.get(key);
    return known != null && known + tokenNanos - time.nanoTime() - depthNanos > 0;
  }

  /** Keys remembered now. */
  public synchronized int size() {
    return fullAt.size();
  }

  /** Keys that were forgotten, for want of room, before their bucket was full again. */
  public synchronized long forgotten() {
    return forgotten;
  }
}
