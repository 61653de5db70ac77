package io.apfproxy.replay.figures;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one configuration made of all requests.
 *
 * @param seats of all levels together
 * @param seconds that are reported
 * @param levels by name
 * @param schemas by level and name
 * @param flows by level, schema and flow; those with requests
 * @param throttled by dimension, the heaviest first
 */
public record Outcome(
    int seats,
    double seconds,
    List<LevelRow> levels,
    List<FlowRow> schemas,
    List<FlowRow> flows,
    Map<String, List<ThrottledRow>> throttled) {
  public Outcome {
    levels = List.copyOf(levels);
    schemas = List.copyOf(schemas);
    flows = List.copyOf(flows);
    throttled = Collections.unmodifiableMap(new LinkedHashMap<>(throttled));
  }

  /** Requests that came. */
  public long requests() {
    return levels.stream().mapToLong(level -> level.counts().requests()).sum();
  }
}
