package io.apfproxy.flowcontrol;

/**
 * What flow control is told besides its objects.
 *
 * @param serverLimit seats of the whole server, at least 1: the sum of kube-apiserver's two
 *     in-flight limits
 * @param mostWaiting requests that may wait in all queues together, at least 0
 * @param consistentReadsFromCache whether the server answers lists without resource version from
 *     its cache, as it does over etcd 3.5.13 and later; such lists are then narrower
 * @param learnedListCost whether lists are as wide as such answers were heavy, not as
 *     kube-apiserver makes them
 */
public record FlowControlSettings(
    int serverLimit, int mostWaiting, boolean consistentReadsFromCache, boolean learnedListCost) {
  private static final int DEFAULT_MOST_WAITING = 30_000;

  public FlowControlSettings {
    if (serverLimit < 1) {
      throw new IllegalArgumentException("serverLimit is " + serverLimit + ", must be at least 1");
    }
    if (mostWaiting < 0) {
      throw new IllegalArgumentException("mostWaiting is " + mostWaiting + ", must be at least 0");
    }
  }

  /** For a recent server: 30,000 may wait, consistent reads come from its cache. */
  public static FlowControlSettings of(int serverLimit) {
    return new FlowControlSettings(serverLimit, DEFAULT_MOST_WAITING, true, false);
  }

  /** The same with lists as wide as such answers were heavy. */
  public FlowControlSettings withLearnedListCost(boolean learned) {
    return new FlowControlSettings(serverLimit, mostWaiting, consistentReadsFromCache, learned);
  }
}
