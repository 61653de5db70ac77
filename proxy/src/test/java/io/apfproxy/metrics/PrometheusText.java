package io.apfproxy.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A scrape, read line by line. */
record PrometheusText(Map<String, String> types, List<Sample> samples) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\",?");

  record Sample(String name, Map<String, String> labels, double value) {}

  static PrometheusText parse(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    text.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" "))
        .forEach(words -> types.put(words[2], words[3]));
    return new PrometheusText(
        types,
        text.lines().filter(line -> !line.startsWith("#")).map(PrometheusText::sample).toList());
  }

  private static Sample sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      throw new IllegalArgumentException("no sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        labels.put(label.group(1), label.group(2));
      }
    }
    return new Sample(sample.group(1), labels, number(sample.group(3)));
  }

  private static double number(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  String type(String metric) {
    return types.get(metric);
  }

  double value(String name, Map<String, String> labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name) && sample.labels().equals(labels))
        .map(Sample::value)
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException(name + labels));
  }

  long series(String name) {
    return samples.stream().filter(sample -> sample.name().equals(name)).count();
  }

  /** Of all samples of the metric, without the bound of a bucket. */
  Set<String> labelNames(String metric) {
    Set<String> names = new TreeSet<>();
    of(metric).forEach(sample -> names.addAll(sample.labels().keySet()));
    names.remove("le");
    return names;
  }

  List<Double> upperBounds(String histogram) {
    return of(histogram)
        .filter(sample -> sample.labels().containsKey("le"))
        .map(sample -> number(sample.labels().get("le")))
        .distinct()
        .toList();
  }

  private Stream<Sample> of(String metric) {
    return samples.stream()
        .filter(
            sample ->
                sample.name().equals(metric)
                    || sample.name().matches(Pattern.quote(metric) + "_(bucket|sum|count)"));
  }
}
