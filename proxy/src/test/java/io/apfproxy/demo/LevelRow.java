package io.apfproxy.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One priority level as the proxy's metrics show it. */
record LevelRow(String level, long executing, long waiting, long rejected) {
  private static final Pattern SERIES =
      Pattern.compile("(?<name>\\w+)\\{(?<labels>[^}]*)\\} (?<value>\\S+)");
  private static final Pattern LEVEL = Pattern.compile("priority_level=\"(?<level>[^\"]*)\"");
  private static final String EXECUTING = "apiserver_flowcontrol_current_executing_requests";
  private static final String WAITING = "apiserver_flowcontrol_current_inqueue_requests";
  private static final String REJECTED = "apiserver_flowcontrol_rejected_requests_total";

  /** The levels by name that a text in Prometheus' format speaks of. */
  static List<LevelRow> parse(String metrics) {
    Map<String, Map<String, Long>> sums = new TreeMap<>();
    for (String line : metrics.split("\n", -1)) {
      Matcher series = SERIES.matcher(line);
      if (!series.matches()) {
        continue;
      }
      Matcher level = LEVEL.matcher(series.group("labels"));
      if (level.find()) {
        sums.computeIfAbsent(level.group("level"), name -> new TreeMap<>())
            .merge(
                series.group("name"), (long) Double.parseDouble(series.group("value")), Long::sum);
      }
    }
    List<LevelRow> rows = new ArrayList<>();
    sums.forEach(
        (level, values) ->
            rows.add(
                new LevelRow(
                    level,
                    values.getOrDefault(EXECUTING, 0L),
                    values.getOrDefault(WAITING, 0L),
                    values.getOrDefault(REJECTED, 0L))));
    return rows;
  }

  /** The same levels with only those rejections that came after an earlier look. */
  static List<LevelRow> since(List<LevelRow> earlier, List<LevelRow> now) {
    return now.stream().map(row -> row.minus(earlier)).toList();
  }

  boolean isIdle() {
    return executing + waiting + rejected == 0;
  }

  private LevelRow minus(List<LevelRow> earlier) {
    long before =
        earlier.stream().filter(row -> row.level.equals(level)).mapToLong(LevelRow::rejected).sum();
    return new LevelRow(level, executing, waiting, rejected - before);
  }
}
