package io.apfproxy.queueset;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The shares of all fairness scenarios beside those that the reference gave in 30 runs of its own
 * tests. Thread-safe.
 */
final class FairnessTable {
  private static final String HEAD =
      "%-66s %4s %6s %10s %32s %10s  %s"
          .formatted("fairness", "part", "client", "expected", "reference", "ours", "margin");

  private final Map<Cell, Range> reference = new HashMap<>();
  private final TreeSet<String> rows = new TreeSet<>();

  /**
   * @param last whether it is the last part of the window
   */
  private record Cell(String test, int client, boolean last) {}

  /** Shares of one client in one part of a window, over the reference's runs. */
  record Range(double min, double mean, double max) {
    private String text() {
      return "%.4f (%.4f to %.4f)".formatted(mean, min, max);
    }
  }

  FairnessTable() {
    for (JsonNode row : VectorFiles.load("upstream-shares.jsonl")) {
      reference.put(
          new Cell(
              row.get("test").textValue(),
              row.get("client").intValue(),
              row.get("last").booleanValue()),
          new Range(
              row.get("min").doubleValue(),
              row.get("mean").doubleValue(),
              row.get("max").doubleValue()));
    }
  }

  /** What the reference gave; empty if that was not recorded. */
  Optional<Range> reference(FairnessScenario scenario, int part, int client) {
    return Optional.ofNullable(
        reference.get(new Cell(scenario.name(), client, part == scenario.parts() - 1)));
  }

  /**
   * @param fair whether the shares must be within the margin, else beyond it
   */
  synchronized void add(
      FairnessScenario scenario,
      int part,
      List<Double> expected,
      List<Double> ours,
      double margin,
      boolean fair) {
    for (int client = 0; client < ours.size(); client++) {
      rows.add(
          "%-66s %4d %6d %10.4f %32s %10.4f  %s %s"
              .formatted(
                  scenario.name(),
                  part + 1,
                  client,
                  expected.get(client),
                  reference(scenario, part, client).map(Range::text).orElse("not recorded"),
                  ours.get(client),
                  fair ? "within" : "beyond",
                  margin));
    }
  }

  synchronized void print() {
    System.out.println(HEAD);
    rows.forEach(System.out::println);
  }
}
