package io.apfproxy.flowcontrol;

import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.apfproxy.level.LevelState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a level's schemas hold, put together of what was held to its decisions and what was not.
 * Source: specification seeing.md V-38.
 */
final class FlowSnapshots {
  private FlowSnapshots() {}

  /**
   * @param shadows what requests in shadow really hold, by schema
   */
  static List<FlowSnapshot> of(LevelState state, Map<String, ShadowFlow> shadows) {
    Map<String, LevelState.Flow> would = new LinkedHashMap<>();
    state.shadowFlows().forEach(flow -> would.put(flow.flowSchema(), flow));
    List<FlowSnapshot> flows = new ArrayList<>();
    for (LevelState.Flow flow : state.flows()) {
      flows.add(sum(flow, would.get(flow.flowSchema()), shadows.get(flow.flowSchema())));
    }
    return flows;
  }

  private static FlowSnapshot sum(
      LevelState.Flow held, LevelState.@Nullable Flow would, @Nullable ShadowFlow passing) {
    return new FlowSnapshot(
        held.flowSchema(),
        held.waiting(),
        held.waitingSeats(),
        held.executing() + (passing == null ? 0 : passing.executing()),
        held.executingSeats() + (passing == null ? 0 : passing.executingSeats()),
        held.noAccommodation() + (would == null ? 0 : would.noAccommodation()),
        would == null ? 0 : would.waiting(),
        would == null ? 0 : would.executingSeats());
  }
}
