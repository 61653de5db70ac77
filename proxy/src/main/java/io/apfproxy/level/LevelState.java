package io.apfproxy.level;

import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.LevelLoad;
import io.apfproxy.queueset.QueueSetState;
import java.util.List;

/**
 * A level at one instant.
 *
 * @param quiescing it is no longer configured and goes once it is idle
 * @param queueSet its counters
 * @param load how long it was how busy
 * @param flows one for each schema that ever led here, of what is held to the decisions
 * @param shadowFlows the same of what is not
 */
public record LevelState(
    String name,
    boolean exempt,
    boolean quiescing,
    QueueSetState queueSet,
    LevelLoad load,
    List<Flow> flows,
    List<Flow> shadowFlows) {
  public LevelState {
    flows = List.copyOf(flows);
    shadowFlows = List.copyOf(shadowFlows);
  }

  /** The counts of a {@link FlowTally} at one instant. */
  public record Flow(
      String flowSchema,
      int waiting,
      int waitingSeats,
      int executing,
      int executingSeats,
      long dispatched,
      long noAccommodation) {
    static Flow of(FlowTally tally) {
      return new Flow(
          tally.flowSchema(),
          tally.waiting(),
          tally.waitingSeats(),
          tally.executing(),
          tally.executingSeats(),
          tally.dispatched(),
          tally.noAccommodation());
    }
  }
}
