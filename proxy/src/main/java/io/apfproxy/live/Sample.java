package io.apfproxy.live;

import java.time.Instant;
import java.util.List;

/**
 * What was seen in one second. Immutable.
 *
 * @param tick rises by one each second
 * @param rows levels by name
 */
record Sample(
    long tick,
    Instant time,
    List<LevelRow> rows,
    Observed.Head head,
    List<Observed.Source> sources) {
  Sample {
    rows = List.copyOf(rows);
    sources = List.copyOf(sources);
  }
}
