package io.apfproxy.real;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.whole.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What {@link IsolationReport} has measured, as tables for people and for machines. */
final class IsolationFigures {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String NOTHING = "–";

  /**
   * A row in one round.
   *
   * @param seconds for which it was measured
   * @param mouse latencies in it run to the last byte, of answers with status 200 only
   * @param elephant the same, nothing if it was not there
   * @param serverSeconds of processors that kube-apiserver took, the mouse's part with it
   * @param proxySeconds the same of the proxy; not a number if there is none
   */
  record Sample(
      IsolationRow row,
      int round,
      double seconds,
      LoadReport mouse,
      LoadReport elephant,
      double serverSeconds,
      double proxySeconds) {
    double p50Millis() {
      return millis(mouse, 50);
    }

    double p99Millis() {
      return millis(mouse, 99);
    }

    double listsPerSecond() {
      return elephant.succeeded() / seconds;
    }

    double refusedListsPerSecond() {
      return elephant.rejected() / seconds;
    }

    /** Of kube-apiserver's processor; not a number if there was no list. */
    double serverMillis() {
      return elephant.succeeded() == 0 ? Double.NaN : serverSeconds * 1e3 / elephant.succeeded();
    }

    /** Of the proxy's processor; not a number if there was no list, or no proxy. */
    double proxyMillis() {
      return elephant.succeeded() == 0 ? Double.NaN : proxySeconds * 1e3 / elephant.succeeded();
    }
  }

  private final List<Sample> samples = new ArrayList<>();

  void add(Sample sample) {
    samples.add(sample);
  }

  /** All that the mouse saw, in all rounds of a row. */
  LoadReport mouse(String word) {
    return of(word).stream().map(Sample::mouse).reduce(LoadReport::plus).orElseThrow();
  }

  /** The median of a figure of a row's rounds, with its spread. */
  Spread spread(String word, ToDoubleFunction<Sample> figure) {
    return Spread.of(of(word).stream().map(figure::applyAsDouble).toList());
  }

  /**
   * Medians and spread.
   *
   * @param title one line: when and where
   */
  String markdown(String title) {
    List<String> lines = new ArrayList<>(List.of(title, ""));
    line(
        lines,
        "",
        "mouse p50 ms",
        "p99 ms",
        "p99 ms of all rounds",
        "refused",
        "lists/s",
        "refused lists/s",
        "server CPU ms/list",
        "proxy CPU ms/list");
    lines.add("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (IsolationRow row : rows()) {
      LoadReport mouse = mouse(row.word());
      line(
          lines,
          row.name(),
          text(row, Sample::p50Millis, 1),
          text(row, Sample::p99Millis, 1),
          String.format(Locale.ROOT, "%.1f", millis(mouse, 99)),
          mouse.rejected()
              + " of "
              + asked(mouse)
              + (mouse.failures() == 0 ? "" : ", " + mouse.failures() + " failed"),
          row.flooded() ? text(row, Sample::listsPerSecond, 0) : NOTHING,
          row.flooded() ? text(row, Sample::refusedListsPerSecond, 0) : NOTHING,
          text(row, Sample::serverMillis, 2),
          text(row, Sample::proxyMillis, 2));
    }
    lines.add("");
    for (IsolationRow one : rows()) {
      rows().stream().filter(one::isComparedWith).forEach(with -> lines.add(ratios(one, with)));
    }
    return String.join("\n", lines) + "\n";
  }

  /** One by the other in the same round; beside it by what the mouse saw in all of them. */
  private String ratios(IsolationRow one, IsolationRow other) {
    return String.format(
        Locale.ROOT,
        "* %s / %s: mouse p99 %.2f, by rounds %s; lists/s %s; server CPU/list %s; proxy CPU/list %s",
        one.name(),
        other.name(),
        millis(mouse(one.word()), 99) / millis(mouse(other.word()), 99),
        ratio(one, other, Sample::p99Millis),
        ratio(one, other, Sample::listsPerSecond),
        ratio(one, other, Sample::serverMillis),
        ratio(one, other, Sample::proxyMillis));
  }

  private String ratio(IsolationRow one, IsolationRow other, ToDoubleFunction<Sample> figure) {
    List<Sample> over = of(one.word());
    List<Sample> under = of(other.word());
    return text(
        Spread.of(
            IntStream.range(0, Math.min(over.size(), under.size()))
                .mapToObj(
                    i -> figure.applyAsDouble(over.get(i)) / figure.applyAsDouble(under.get(i)))
                .toList()),
        2);
  }

  /**
   * Each row of each round.
   *
   * @param title one line: when and where
   */
  String json(String title, IsolationSettings settings) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("title", title);
    all.put("settings", settings.toString());
    all.put("samples", samples.stream().map(IsolationFigures::fields).toList());
    try {
      return JSON.writeValueAsString(all) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("these are JSON", e);
    }
  }

  private static Map<String, Object> fields(Sample sample) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("row", sample.row.word());
    fields.put("name", sample.row.name());
    fields.put("round", sample.round);
    fields.put("seconds", sample.seconds);
    fields.put("mouseP50Millis", sample.p50Millis());
    fields.put("mouseP99Millis", sample.p99Millis());
    fields.put("mouseStatuses", sample.mouse.statuses());
    fields.put("mouseFailures", sample.mouse.failures());
    fields.put("mouseUnanswered", sample.mouse.inFlight());
    fields.put("elephantStatuses", sample.elephant.statuses());
    fields.put("elephantFailures", sample.elephant.failures());
    fields.put("serverCpuSeconds", sample.serverSeconds);
    fields.put("proxyCpuSeconds", Double.isNaN(sample.proxySeconds) ? null : sample.proxySeconds);
    return fields;
  }

  /** In the order of the table, whatever that of the rounds. */
  private List<IsolationRow> rows() {
    return samples.stream().map(Sample::row).distinct().toList();
  }

  private List<Sample> of(String word) {
    return samples.stream().filter(sample -> sample.row.word().equals(word)).toList();
  }

  private String text(IsolationRow row, ToDoubleFunction<Sample> figure, int digits) {
    return text(spread(row.word(), figure), digits);
  }

  /** Nothing if one of the figures is none, which is the most in the order of doubles. */
  private static String text(Spread spread, int digits) {
    return Double.isNaN(spread.most()) ? NOTHING : spread.text(1, digits);
  }

  private static long asked(LoadReport load) {
    return load.statuses().values().stream().mapToLong(Long::longValue).sum()
        + load.failures()
        + load.inFlight();
  }

  private static double millis(LoadReport load, double percent) {
    return load.percentile(percent).toNanos() / 1e6;
  }

  private static void line(List<String> lines, String... cells) {
    lines.add("| " + String.join(" | ", cells) + " |");
  }
}
