package io.apfproxy.work;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Number and size of objects as kube-apiserver's page of metrics tells them. Source: reference,
 * etcd3/metrics/metrics.go; specification apf-queueing.md 7.3.
 */
public final class ObjectCountPage {
  /*
   * The page is read line by line, since a large cluster's has megabytes, and only the lines of the
   * three metrics are looked at. A value of -1 means that the server does not know either.
   */
  private static final int MOST_LINES = 2_000_000;
  private static final String PREFIX = "apiserver_";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "apiserver_(resource_objects|storage_objects|resource_size_estimate_bytes)"
              + "\\{(?:group=\"([^\"]*)\",)?resource=\"([^\"]*)\"} (\\S+)");

  private ObjectCountPage() {}

  /**
   * The objects of one resource.
   *
   * @param averageSize bytes of one; 0 if unknown, or if there is none
   */
  public record Counted(long count, long averageSize) {}

  /** Reads a page: by {@code resource} or {@code resource.group}. */
  public static SortedMap<String, Counted> read(BufferedReader page) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    Map<String, Long> sizes = new HashMap<>();
    int lines = 0;
    for (String line = page.readLine();
        line != null && lines < MOST_LINES;
        line = page.readLine()) {
      lines++;
      Matcher sample = line.startsWith(PREFIX) ? SAMPLE.matcher(line) : null;
      if (sample == null || !sample.matches()) {
        continue;
      }
      String group = sample.group(2);
      String resource = sample.group(3);
      String key = group == null || group.isEmpty() ? resource : resource + '.' + group;
      long value = (long) Double.parseDouble(sample.group(4));
      if (value >= 0) {
        (sample.group(1).equals("resource_size_estimate_bytes") ? sizes : counts).put(key, value);
      }
    }
    SortedMap<String, Counted> all = new TreeMap<>();
    counts.forEach(
        (key, count) ->
            all.put(key, new Counted(count, count == 0 ? 0 : sizes.getOrDefault(key, 0L) / count)));
    return all;
  }
}
