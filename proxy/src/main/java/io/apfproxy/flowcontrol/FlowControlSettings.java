package io.apfproxy.flowcontrol;

import io.apfproxy.config.Enforcement;
import io.apfproxy.queueset.BurstSeats;

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
 * @param bursts seats beyond {@code serverLimit} for levels that have saved something
 * @param enforcement who is held to the decisions of levels that do not say it themselves
 * @param withInputs whether each request keeps what its width was made from, for a recording
 */
public record FlowControlSettings(
    int serverLimit,
    int mostWaiting,
    boolean consistentReadsFromCache,
    boolean learnedListCost,
    BurstSeats bursts,
    Enforcement enforcement,
    boolean withInputs) {
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
    return new FlowControlSettings(
        serverLimit,
        DEFAULT_MOST_WAITING,
        true,
        false,
        BurstSeats.none(),
        Enforcement.ENFORCE,
        false);
  }

  /** The same with lists as wide as such answers were heavy. */
  public FlowControlSettings withLearnedListCost(boolean learned) {
    return new FlowControlSettings(
        serverLimit,
        mostWaiting,
        consistentReadsFromCache,
        learned,
        bursts,
        enforcement,
        withInputs);
  }

  /** The same with so many seats beyond the limit, for all levels together. */
  public FlowControlSettings withBursts(BurstSeats seats) {
    return new FlowControlSettings(
        serverLimit,
        mostWaiting,
        consistentReadsFromCache,
        learnedListCost,
        seats,
        enforcement,
        withInputs);
  }

  /** The same with others held to the decisions. */
  public FlowControlSettings withEnforcement(Enforcement who) {
    return new FlowControlSettings(
        serverLimit,
        mostWaiting,
        consistentReadsFromCache,
        learnedListCost,
        bursts,
        who,
        withInputs);
  }

  /** The same, and requests keep what their widths were made from if so. */
  public FlowControlSettings withInputs(boolean keep) {
    return new FlowControlSettings(
        serverLimit,
        mostWaiting,
        consistentReadsFromCache,
        learnedListCost,
        bursts,
        enforcement,
        keep);
  }
}
