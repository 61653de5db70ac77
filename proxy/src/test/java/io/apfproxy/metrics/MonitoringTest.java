package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.deploy.Chart;
import io.apfproxy.deploy.Yaml;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.queueset.BurstDenial;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.report.talkers.TopUsers;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The chart's alerts and dashboard ask only for series and labels that exist. */
class MonitoringTest {
  private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks.md");
  private static final Pattern RECORDED = Pattern.compile("\\bapf_proxy:[a-z_]+\\b");
  private static final Pattern SERIES = Pattern.compile("\\b[a-z]+_[a-z_]+\\b");
  private static final Pattern GROUPING = Pattern.compile("(?:by|on) \\(([^)]*)\\)");
  private static final Pattern SELECTOR = Pattern.compile("\\{([^}]*)}");

  private static final Pattern RATIO = Pattern.compile(" / (?:on \\([^)]*\\) )?");

  @TempDir Path folder;

  /** Panels without a threshold: of what they show neither much nor little is bad by itself. */
  private static final Set<String> AMOUNTS =
      Set.of(
          "Executing",
          "Executing by level",
          "Limit by level",
          "Demand by level",
          "Executed by schema",
          "Responses by code",
          "Bytes to clients",
          "Would hold seats now",
          "Seats of the heaviest users",
          "Sent on",
          "Seats as upstream bears them",
          "Why seats changed",
          "Pulses",
          "Seats beyond levels' limits",
          "Unread",
          "What became of requests",
          "Bytes counted",
          "Keys",
          "Waiting at limits; keys without room",
          "Open now",
          "CPU",
          "Memory",
          "kube-apiserver executes");

  /** Words of the query language that look like series. */
  private static final Set<String> FUNCTIONS =
      Set.of("clamp_max", "histogram_quantile", "label_values", "max_over_time");

  /** Of our own rules, which make others of them by what they say after "by" and "on". */
  private static final Set<String> LABELS_OF_RECORDED =
      Set.of("rule", "rate_limit", "priority_level", "request_kind");

  /** Labels with few values, all of which are there from the start. */
  private static final Set<String> FIXED =
      Set.of("phase", "le", "state", "outcome", "request_kind", "execute");

  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!~|!=|=)\"([^\"$]*)\"");

  /** Set by Prometheus on every target in a cluster. */
  private static final Set<String> TARGET_LABELS = Set.of("job", "pod");

  @TestFactory
  Stream<DynamicTest> askOnlyForWhatTheProxyHas() throws IOException {
    Map<String, Map<String, Set<String>>> known = series();
    List<String> expressions = new ArrayList<>();
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, metrics: {rules: {enabled: true}, dashboard: {enabled: true}},"
                + " breakGlass: {enabled: true, clientCaSecret: c, groups: [g]}}");
    JsonNode rules = Yaml.named(objects, "PrometheusRule apf-proxy");
    JsonNode dashboard =
        Yaml.documents(
                Yaml.named(objects, "ConfigMap apf-proxy-dashboard")
                    .at("/data/apf-proxy.json")
                    .asText())
            .get(0);
    rules.findValuesAsText("expr", expressions);
    List<String> recorded = rules.findValuesAsText("record");
    int alerts = expressions.size() - recorded.size();
    dashboard.findValuesAsText("expr", expressions);
    dashboard
        .at("/templating/list")
        .forEach(
            variable -> {
              if (variable.path("type").asText().equals("query")) {
                expressions.add(variable.path("query").asText());
              }
            });
    assertThat(alerts).isEqualTo(28);
    assertThat(expressions).hasSizeGreaterThan(60);
    recorded.forEach(
        name ->
            known.put(
                name,
                LABELS_OF_RECORDED.stream()
                    .collect(Collectors.toMap(label -> label, label -> Set.of()))));
    return expressions.stream()
        .map(expression -> DynamicTest.dynamicTest(expression, () -> check(expression, known)));
  }

  /** By the name of the alert, as its runbook_url has it. */
  @Test
  void haveARunbookEach() throws IOException {
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, metrics: {rules: {enabled: true, runbooks: 'https://a/b.md'}},"
                + " breakGlass: {enabled: true, clientCaSecret: a, groups: [b]}}");
    JsonNode rules = Yaml.named(objects, "PrometheusRule apf-proxy");
    Set<String> alerts = new TreeSet<>(rules.findValuesAsText("alert"));
    assertThat(new TreeSet<>(rules.findValuesAsText("runbook_url")))
        .isEqualTo(
            alerts.stream()
                .map(alert -> "https://a/b.md#" + alert.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new)));
    String page = Files.readString(RUNBOOKS);
    assertThat(Pattern.compile("(?m)^## (.*)$").matcher(page).results().map(head -> head.group(1)))
        .containsExactlyInAnyOrderElementsOf(alerts);
    for (String section : page.split("(?m)^## ", -1)) {
      if (section.startsWith("ApfProxy")) {
        assertThat(section)
            .contains("**It means**", "**Hurt are**", "**Look**", "**Ways out**", "**Over when**");
      }
    }
  }

  @Test
  void panelsSayWhatTheyShow() throws IOException {
    List<JsonNode> panels = panels();
    assertThat(panels).hasSizeGreaterThan(50);
    Set<String> amounts = new TreeSet<>();
    for (JsonNode panel : panels) {
      String title = panel.path("title").asText();
      JsonNode shown = panel.at("/fieldConfig/defaults");
      assertThat(panel.path("description").asText()).as(title).isNotEmpty();
      assertThat(shown.path("unit").asText()).as(title).isNotEmpty();
      JsonNode steps = shown.at("/thresholds/steps");
      assertThat(steps.at("/0/value").isNull()).as("threshold of %s", title).isTrue();
      if (steps.size() == 1) {
        amounts.add(title);
      } else {
        assertThat(steps.at("/1/value").isNumber()).as("threshold of %s", title).isTrue();
      }
    }
    assertThat(amounts).isEqualTo(AMOUNTS);
  }

  /** Specification seeing.md V-120. */
  @Test
  void hasTheRowsOfWhatIsNearAndOfWhatWouldBe() throws IOException {
    Map<String, List<JsonNode>> rows = rows();

    assertThat(rows).containsKeys("Near the limits", "Would have", "Who", "Upstream");
    assertThat(rows.get("Near the limits"))
        .hasSizeGreaterThanOrEqualTo(6)
        .allMatch(panel -> panel.at("/fieldConfig/defaults/unit").asText().equals("percentunit"));
    for (String row : List.of("Would have", "Who")) {
      assertThat(Objects.requireNonNull(rows.get(row)).stream().limit(5))
          .as("what stands there while there is nothing in %s", row)
          .allMatch(panel -> !panel.at("/fieldConfig/defaults/noValue").asText().isEmpty());
    }
    assertThat(Objects.requireNonNull(rows.get("Who")).toString()).contains("--top-metrics");
  }

  /** A level without seats, or a container without a limit, has no ratio. V-120. */
  @Test
  void panelsDivideByNothingThatMayBeZero() throws IOException {
    int ratios = 0;
    for (JsonNode panel : panels()) {
      for (String expression : panel.findValuesAsText("expr")) {
        Matcher ratio = RATIO.matcher(expression);
        while (ratio.find()) {
          ratios++;
          assertThat(firstGroup(expression.substring(ratio.end()))).as(expression).endsWith(" > 0");
        }
      }
    }
    assertThat(ratios).isGreaterThanOrEqualTo(8);
    assertThat(Objects.requireNonNull(rows().get("Near the limits")).get(0).toString())
        .as("how full a level is")
        .contains("apiserver_flowcontrol_current_limit_seats{job=~\\\"$job\\\",priority_level=~")
        .contains("\\\"$level\\\"} > 0 and on");
  }

  /** What stands between the first parenthesis, which begins it, and the one that closes it. */
  private static String firstGroup(String text) {
    assertThat(text).startsWith("(");
    int open = 0;
    for (int i = 0; i < text.length(); i++) {
      open += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (open == 0) {
        return text.substring(1, i);
      }
    }
    throw new AssertionError(text);
  }

  /** All that show something. */
  private static List<JsonNode> panels() throws IOException {
    return rows().values().stream().flatMap(List::stream).toList();
  }

  /** By the title of their row, also those of a row that is closed until somebody opens it. */
  private static Map<String, List<JsonNode>> rows() throws IOException {
    JsonNode dashboard =
        new ObjectMapper().readTree(Chart.FOLDER.resolve("files/dashboard.json").toFile());
    Map<String, List<JsonNode>> rows = new LinkedHashMap<>();
    List<JsonNode> row = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      if (panel.path("type").asText().equals("row")) {
        row = new ArrayList<>();
        assertThat(rows.put(panel.path("title").asText(), row)).isNull();
        panel.path("panels").forEach(row::add);
      } else {
        row.add(panel);
      }
    }
    return rows;
  }

  private static void check(String expression, Map<String, Map<String, Set<String>>> known) {
    List<String> names = new ArrayList<>();
    Matcher recorded = RECORDED.matcher(expression);
    while (recorded.find()) {
      names.add(recorded.group());
    }
    Matcher series = SERIES.matcher(RECORDED.matcher(bare(expression)).replaceAll(""));
    while (series.find()) {
      if (!FUNCTIONS.contains(series.group())) {
        names.add(series.group());
      }
    }
    assertThat(names).isNotEmpty();
    assertThat(known.keySet()).containsAll(names);
    for (String name : names) {
      Map<String, Set<String>> values = Objects.requireNonNull(known.get(name));
      Set<String> labels = new HashSet<>(values.keySet());
      labels.addAll(TARGET_LABELS);
      if (expression.contains("_bucket")) {
        labels.add("le"); // what others of the expression are joined with is not grouped by it
      }
      assertThat(labels).as(name).containsAll(used(name, expression));
      Matcher selector = Pattern.compile("\\b" + name + SELECTOR.pattern()).matcher(expression);
      while (selector.find()) {
        checkValues(selector.group(1), values);
      }
    }
  }

  /** A value that there is not chooses nothing, or leaves nothing out: that is a slip. */
  private static void checkValues(String selector, Map<String, Set<String>> known) {
    Matcher matcher = MATCHER.matcher(selector);
    while (matcher.find()) {
      if (FIXED.contains(matcher.group(1))) {
        boolean exact = !matcher.group(2).endsWith("~");
        String value = matcher.group(3);
        assertThat(known.get(matcher.group(1)))
            .as(matcher.group())
            .anyMatch(one -> exact ? one.equals(value) : one.matches(value));
      }
    }
  }

  /** Without what stands between braces, brackets or after "by" and "on". */
  private static String bare(String expression) {
    String names = SELECTOR.matcher(expression).replaceAll("");
    names = GROUPING.matcher(names).replaceAll("");
    return names.replaceAll("label_values\\(([^,]*),.*\\)", "$1").replaceAll("\\[[^]]*]", "");
  }

  /** Labels of a series: those it is grouped by, and those between braces behind its name. */
  private static Set<String> used(String name, String expression) {
    Set<String> labels = new HashSet<>();
    Matcher grouping = GROUPING.matcher(expression);
    while (grouping.find()) {
      labels.addAll(Arrays.asList(grouping.group(1).split(", *", -1)));
    }
    Matcher selector = Pattern.compile(name + SELECTOR.pattern()).matcher(expression);
    while (selector.find()) {
      for (String matcher : selector.group(1).split(",", -1)) {
        labels.add(matcher.replaceAll("[=~!].*", ""));
      }
    }
    return labels;
  }

  /** Every series of a proxy that has seen everything, with its labels and their values. */
  private Map<String, Map<String, Set<String>>> series() throws IOException {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      ReportedFlowControl.tell(metrics);
      metrics.bindReady(() -> true);
      metrics.bindClientCertificate("own", () -> 1);
      metrics.bindCertificate(() -> 30);
      metrics.bindSource("crd", () -> 1, () -> true);
      metrics.bindConfigObjects("crd", "rejected", () -> 1);
      metrics.bindBound("rule", () -> 1, 2, () -> 3);
      metrics.describe("1", "nio", "jdk", 600);
      metrics.bindCgroup(CgroupGaugesTest.limited(folder));
      metrics.bindTalkers(new Talkers(1, new ManualTime()));
      metrics.bindTopUsers(() -> List.of(new TopUsers.User("ann", 1, 2)));
      metrics.bindAccessLog("access", () -> 1);
      metrics.bindDroppedLines(() -> 1);
      metrics.bindSpansDropped(() -> 1);
      metrics.bindSeats(() -> 1, 1, 2);
      metrics.bindResponseBuffer(() -> 1);
      metrics.bindUpstreamState(() -> false);
      metrics.bindPulses("answered", () -> 1);
      metrics.bindRateLimits(() -> List.of(RateLimitGaugesTest.SOME), () -> 1);
      metrics.bindBursts(
          () ->
              Map.of("tenants", new BurstState(1, 2, 3, 4, Map.of(BurstDenial.CREDIT, 5L), null)));
      metrics.breakGlassRequests();
      metrics.bindBreakGlass(() -> 1, () -> 1, () -> 30);
      AdaptiveSeatsMetricsTest.bindAdaptive(metrics);
      Reporter events = metrics.events();
      Account account = new Account(0, "id", "192.0.2.1", "GET", "/api", null);
      account.refused(new RefusedException(400, "BadRequest", "rule", "message"));
      account.answered(400, 0);
      events.answered(account);
      events.aborted("rule");
      events.responseBytes(1);
      Map<String, Map<String, Set<String>>> known = new HashMap<>();
      PrometheusText.parse(metrics.scrape())
          .samples()
          .forEach(
              sample -> {
                Map<String, Set<String>> labels =
                    known.computeIfAbsent(sample.name(), name -> new HashMap<>());
                sample
                    .labels()
                    .forEach(
                        (label, value) ->
                            labels.computeIfAbsent(label, any -> new HashSet<>()).add(value));
              });
      return known;
    }
  }
}
