package io.apfproxy.real;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What {@link IsolationReport} measures, and for how long. Each is a word {@code name=value}, times
 * in seconds.
 *
 * @param rows of the table, see {@link IsolationRow#of}; every other round goes backward
 * @param rounds in which each row is measured
 * @param seconds for which it is measured each time
 * @param settle before that, under the same load
 * @param warm before the first round, under the elephant's flood, each server and each proxy
 * @param mouse requests a second
 * @param elephant {@code lists} or {@code searches}
 * @param traced of a million requests, with every part on
 * @param out folder of what is written
 */
record IsolationSettings(
    List<IsolationRow> rows,
    int rounds,
    Duration seconds,
    Duration settle,
    Duration warm,
    int mouse,
    Elephant elephant,
    int traced,
    Path out) {
  private static final Pattern COMMA = Pattern.compile(",");
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "rows", "alone,none,4,8,15,30,5ms,own",
          "rounds", "3",
          "seconds", "15",
          "settle", "8",
          "warm", "30",
          "mouse", "20",
          "elephant", "lists",
          "traced", "10000",
          "out", "target/isolation");

  /**
   * @throws IllegalArgumentException if a name or a value is none
   */
  static IsolationSettings of(String... words) {
    Map<String, String> values = new TreeMap<>(DEFAULTS);
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 0 || !DEFAULTS.containsKey(word.substring(0, equals))) {
        throw new IllegalArgumentException(
            "found \"" + word + "\", expected NAME=VALUE with a name of " + values.keySet());
      }
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return new IsolationSettings(
        COMMA.splitAsStream(values.get("rows")).map(IsolationRow::of).toList(),
        Integer.parseInt(values.get("rounds")),
        seconds(values.get("seconds")),
        seconds(values.get("settle")),
        seconds(values.get("warm")),
        Integer.parseInt(values.get("mouse")),
        Elephant.of(values.get("elephant")),
        Integer.parseInt(values.get("traced")),
        Path.of(values.get("out")));
  }

  private static Duration seconds(String value) {
    return Duration.ofNanos(Math.round(Double.parseDouble(value) * 1e9));
  }
}
