package io.apfproxy.flowcontrol;

import java.util.Set;

/**
 * Receives the events that cannot be read from a snapshot. Called outside every lock, on the hot
 * path: must be cheap.
 */
public interface FlowMetrics {
  /**
   * The meters of one flow schema at one level; asked for when configuration is applied, kept by
   * the caller.
   */
  FlowMeter flow(String priorityLevel, String flowSchema);

  /** A schema and the level it leads to. */
  record Lead(String priorityLevel, String flowSchema) {}

  /** What is in force from now on: the meters of all else may be forgotten. */
  default void inForce(Set<Lead> leads) {}

  /**
   * Meters of one (level, schema). Durations in nanoseconds. Whoever listens takes what it wants of
   * it.
   */
  interface FlowMeter {
    /** Nobody listens. */
    FlowMeter NONE = new FlowMeter() {};

    /** Work estimated for an arrival: the larger of initial and final seats. */
    default void estimated(int seats) {}

    /** Watchers interested in a mutating request. */
    default void watchersSeen(int count) {}

    /** Length of its queue just after a request was put there. */
    default void enqueued(int queueLength) {}

    default void rejected(RejectReason reason) {}

    default void dispatched() {}

    /**
     * Time from arrival to decision; {@code execute} is false for a request refused on arrival
     * only.
     */
    default void waited(long nanos, boolean execute) {}

    /** Time from dispatch to the end; for a watch to the end of its initialisation. */
    default void executed(long nanos, boolean watch) {}

    /** One that was not held to the decision would have been refused. */
    default void wouldReject(RejectReason reason) {}

    /** The same as {@link #waited} of one that was not held to the decision. */
    default void wouldWait(long nanos, boolean execute) {}
  }

  /** Nobody listens. */
  FlowMetrics NONE = (level, schema) -> FlowMeter.NONE;
}
