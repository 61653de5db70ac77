package io.apfproxy.server.listen;

/**
 * When a share binds: only while the whole that it is a share of is scarce. kube-apiserver has no
 * such limits, so nobody is to notice ours before they are needed.
 */
public final class Scarcity {
  private static final int PERCENT = 80;

  private Scarcity() {}

  /**
   * Whether one more has to stay within its share.
   *
   * @param limit of the whole; 0 if it has none, and then a share is a limit of its own
   */
  public static boolean binds(long taken, long limit) {
    return limit == 0 || taken >= from(limit);
  }

  /** Of a whole of this size so much, rounded up, may be taken before it is scarce. */
  public static long from(long limit) {
    return limit / 100 * PERCENT + (limit % 100 * PERCENT + 99) / 100;
  }
}
