package io.apfproxy.command;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page of metrics tells of requests in shadow.
 *
 * @param started when the proxy did, and so its counters
 * @param levels by their names
 */
record ShadowPage(Instant started, Map<String, Level> levels) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{([^}]*)})? ([0-9.eE+-]+)(?: .*)?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
  private static final String SHADOW = "apf_proxy_shadow_";
  private static final double MILLIS = 1e3;

  /**
   * One level of one proxy.
   *
   * @param percent of its users who are held to it
   * @param refused how many would have been
   * @param waits how many would have waited at most so long, in seconds, whatever their schema; the
   *     last bound is infinite
   */
  record Level(int percent, long refused, TreeMap<Double, Long> waits) {}

  /**
   * @param page in Prometheus' text format
   * @throws IllegalArgumentException if it is not that of a proxy with flow control
   */
  static ShadowPage read(String page) {
    Map<String, Integer> percents = new HashMap<>();
    Map<String, Long> refused = new HashMap<>();
    Map<String, TreeMap<Double, Long>> waits = new HashMap<>();
    double started = 0;
    for (String line : page.split("\n", -1)) {
      Matcher sample = SAMPLE.matcher(line);
      if (!sample.matches()) {
        continue; // a comment, or what is no number
      }
      double value = Double.parseDouble(sample.group(3));
      Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
      String level = labels.getOrDefault("priority_level", "");
      switch (sample.group(1)) {
        case "process_start_time_seconds" -> started = value;
        case "apf_proxy_enforced_percent" -> percents.put(level, (int) value);
        case SHADOW + "rejected_requests_total" -> refused.merge(level, (long) value, Long::sum);
        case SHADOW + "request_wait_duration_seconds_bucket" ->
            waits
                .computeIfAbsent(level, name -> new TreeMap<>())
                .merge(bound(labels.getOrDefault("le", "")), (long) value, Long::sum);
        default -> {}
      }
    }
    if (percents.isEmpty() || started == 0) {
      throw new IllegalArgumentException(
          "no figures of levels, expected a proxy with priority and fairness");
    }
    Map<String, Level> levels = new HashMap<>();
    percents.forEach(
        (level, percent) ->
            levels.put(
                level,
                new Level(
                    percent,
                    refused.getOrDefault(level, 0L),
                    waits.getOrDefault(level, new TreeMap<>()))));
    return new ShadowPage(Instant.ofEpochMilli((long) (started * MILLIS)), levels);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return labels;
  }

  private static double bound(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }
}
