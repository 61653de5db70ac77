package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.LevelLoad;
import java.util.List;

/**
 * State of one priority level at one instant, for metrics, dumps and the dashboard. R and S values
 * are in seat-seconds.
 *
 * @param timedOut always 0, as in the reference; time-outs count in rejected and cancelled
 * @param demandHighWatermark demand statistics of the last borrowing period, in seats
 * @param nextSMin least virtual start of a queue's head, 0 if none waits; {@code nextSMax} the
 *     largest; {@code discountedS...} the same less the estimated work in progress
 * @param epochAdvances how often R was rebased; {@code epochAdvancesClamped} of these, how often a
 *     reading that is kept would have fallen below zero
 * @param load how long the level was how busy
 * @param flows per schema that ever led here, what waits and executes now
 * @param enforcedPercent of the users, whom it holds to its decisions; what would become of the
 *     others is among all figures but those of {@code flows}
 * @param queueLengthLimit requests that may wait in one of its queues; 0 if none may wait
 */
public record LevelSnapshot(
    String name,
    boolean exempt,
    boolean idle,
    boolean quiescing,
    int queues,
    int activeQueues,
    int waiting,
    int executing,
    long dispatched,
    long rejected,
    long timedOut,
    long cancelled,
    int seatsInUse,
    int seatsWaiting,
    int nominalLimit,
    int minLimit,
    int maxLimit,
    int currentLimit,
    double demandHighWatermark,
    double demandAverage,
    double demandStdev,
    double demandSmoothed,
    double target,
    double currentR,
    double dispatchR,
    double latestS,
    double nextSMin,
    double nextSMax,
    double discountedSMin,
    double discountedSMax,
    long epochAdvances,
    long epochAdvancesClamped,
    LevelLoad load,
    List<FlowSnapshot> flows,
    int enforcedPercent,
    int queueLengthLimit) {
  public LevelSnapshot {
    flows = List.copyOf(flows);
  }

  /**
   * What one schema's requests hold at a level. Of those in shadow what is so, not what would be:
   * they never wait.
   *
   * @param noAccommodation how often one of them was next but did not fit into the free seats
   * @param shadowWaiting requests that would wait
   * @param shadowExecutingSeats seats that those in shadow would hold
   */
  public record FlowSnapshot(
      String flowSchema,
      int waiting,
      int waitingSeats,
      int executing,
      int executingSeats,
      long noAccommodation,
      int shadowWaiting,
      int shadowExecutingSeats) {}
}
