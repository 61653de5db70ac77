package io.apfproxy.report.talkers;

import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.talkers.TalkerKeys.FlowKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Knows of each level the flow that held most seats of late. One thread tells it, any may ask.
 * Source: specification seeing.md V-22.
 */
final class HeaviestFlows implements HeaviestFlow {
  private static final double NANOS = 1e9;

  private volatile Map<String, Flow> flows = Map.of();

  @Override
  public @Nullable Flow heaviest(String level) {
    return flows.get(level);
  }

  /**
   * Looks anew.
   *
   * @param panes the last ten seconds
   */
  void look(int counters, List<Pane.Whole> panes) {
    if (panes.isEmpty()) {
      flows = Map.of();
      return;
    }
    double seconds = (panes.get(panes.size() - 1).until() - panes.get(0).from()) / NANOS;
    Summary<Object> held = Pane.merge(counters, panes, Dimension.FLOW, Measure.SEAT_SECONDS);
    Map<String, Flow> found = new HashMap<>();
    for (int i = 0; i < held.size(); i++) {
      if (held.key(i) instanceof FlowKey flow && held.value(i) > 0) {
        Flow next = new Flow(flow.schema(), flow.distinguisher(), held.value(i) / NANOS / seconds);
        found.merge(flow.level(), next, (a, b) -> b.seats() > a.seats() ? b : a);
      }
    }
    flows = Map.copyOf(found);
  }
}
