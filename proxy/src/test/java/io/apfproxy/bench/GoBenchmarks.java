package io.apfproxy.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code go test -bench . -benchmem} printed. */
final class GoBenchmarks {
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^Benchmark(\\S+?)(?:-\\d+)?\\s+\\d+\\s+([\\d.]+) ns/op\\s+(\\d+) B/op\\b.*$");

  private GoBenchmarks() {}

  /** One benchmark: the median of its runs, of the middle two the lesser. */
  record Figure(double nanos, long bytes) {}

  /** By name, without {@code Benchmark} and the number of processors, in the order printed. */
  static Map<String, Figure> parse(String output) {
    Map<String, List<Figure>> runs = new LinkedHashMap<>();
    Matcher line = LINE.matcher(output);
    while (line.find()) {
      runs.computeIfAbsent(line.group(1), name -> new ArrayList<>())
          .add(new Figure(Double.parseDouble(line.group(2)), Long.parseLong(line.group(3))));
    }
    Map<String, Figure> medians = new LinkedHashMap<>();
    runs.forEach(
        (name, figures) -> {
          figures.sort(Comparator.comparingDouble(Figure::nanos));
          medians.put(name, figures.get((figures.size() - 1) / 2));
        });
    return medians;
  }
}
