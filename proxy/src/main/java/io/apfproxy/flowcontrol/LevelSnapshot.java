package io.apfproxy.flowcontrol;

import java.util.List;

/**
 * State of one priority level at one instant, for metrics, dumps and the dashboard. R and S values
 * are in seat-seconds.
 *
 * @param timedOut always 0, as in the reference; time-outs count in rejected and cancelled
 * @param demandHighWatermark demand statistics of the last borrowing period, in seats
 * @param flows per schema that ever led here, what waits and executes now
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
    long epochAdvances,
    long noAccommodation,
    List<FlowSnapshot> flows) {
  public LevelSnapshot {
    flows = List.copyOf(flows);
  }

  /** What one schema's requests hold at a level. */
  public record FlowSnapshot(
      String flowSchema, int waiting, int waitingSeats, int executing, int executingSeats) {}
}
