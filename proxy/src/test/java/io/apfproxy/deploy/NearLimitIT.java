package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.fixtures.prometheus.Promtool;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.process.Cgroup;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is near its limit only between two looks of Prometheus is seen all the same. A level is full
 * in 240 of 250 ms and empty whenever Prometheus looks; the container's files are made up. Flow
 * control and its metrics are real, the time is not; Prometheus' own tool computes the rules of the
 * chart. Specification seeing.md V-110, V-111.
 */
class NearLimitIT {
  private static final Duration FULL = Duration.ofMillis(240);
  private static final Duration EMPTY = Duration.ofMillis(5); // before Prometheus looks, and after
  private static final int BETWEEN_LOOKS = 15;
  private static final int BURSTS = BETWEEN_LOOKS * 4;
  private static final int LOOKS = 100;
  private static final int SEATS = 10;
  private static final long MEMORY = 4L << 30;
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:apf_proxy|apiserver|process)_[a-z_]+\\b");
  private static final List<String> ALL = List.of("*");
  private static final RequestDigest REQUEST =
      new RequestDigest(
          RecordedRequests.info("GET", "/api/v1/namespaces/n/pods/p"),
          UserInfo.of("ann", UserInfo.AUTHENTICATED),
          "");

  @TempDir Path directory;

  private final ManualTime time = new ManualTime();
  private final Map<String, List<String>> series = new LinkedHashMap<>();
  private final List<SeatLease> leases = new ArrayList<>();

  @Test
  void aLevelFilledByBurstsShorterThanAScrapeIsFull() throws Exception {
    Optional<Path> promtool = Promtool.find();
    assumeThat(promtool).as("promtool, of Debian's package prometheus").isPresent();
    String rules = new ObjectMapper().writeValueAsString(AlertRulesIT.rules());
    Set<String> names =
        METRIC.matcher(rules).results().map(MatchResult::group).collect(Collectors.toSet());
    names.add("apiserver_flowcontrol_current_executing_seats");
    double memory = observe(names);
    Files.writeString(directory.resolve("rules.yaml"), rules);
    Files.writeString(directory.resolve("near.test.yaml"), tests(memory));

    CommandResult result =
        RunningCommand.start(
                new ProcessBuilder(promtool.get().toString(), "test", "rules", "near.test.yaml")
                    .directory(directory.toFile()))
            .await(Duration.ofMinutes(2));

    assertThat(result.exitCode()).as(result.toString()).isZero();
  }

  /** Share of its memory that the process had at the last look. */
  private double observe(Set<String> names) throws IOException {
    PrometheusText seen = null;
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      ApfFlowControl control =
          ApfFlowControl.create(
              FlowControlSettings.of(SEATS),
              FlowControlConfiguration.empty(),
              time,
              time,
              metrics.flow());
      control.apply(List.of(schema()), List.of(level("tenants", 100), level("nothing", 0)));
      metrics.bindLevels(control::snapshot, () -> 1);
      metrics.bindCgroup(Cgroup.under(directory));
      for (int look = 0; look < LOOKS; look++) {
        for (int burst = 1; burst <= BURSTS; burst++) {
          burst(control);
          time.advance(EMPTY);
          if (burst == BURSTS) {
            container(look);
            seen = PrometheusText.parse(metrics.scrape());
            keep(seen, names, look);
          }
          time.advance(EMPTY);
        }
      }
    }
    assertThat(seen).isNotNull();
    return seen.value("process_resident_memory_bytes", Map.of()) / MEMORY;
  }

  private void burst(ApfFlowControl control) {
    leases.clear();
    for (int i = 0; i < SEATS; i++) {
      control.admit(REQUEST, new Executing());
    }
    assertThat(leases).hasSize(SEATS);
    time.advance(FULL);
    leases.forEach(SeatLease::close);
  }

  private final class Executing implements AdmissionListener {
    @Override
    public void onExecute(SeatLease lease) {
      leases.add(lease);
    }

    @Override
    public void onReject(Rejection rejection) {
      throw new AssertionError(rejection);
    }
  }

  /** Stopped in three of ten periods of 100 ms. */
  private void container(int look) throws IOException {
    write("proc/self/cgroup", "0::/");
    write("sys/fs/cgroup/memory.max", String.valueOf(MEMORY));
    write("sys/fs/cgroup/cpu.max", "100000 100000");
    write(
        "sys/fs/cgroup/cpu.stat",
        "nr_periods " + 10 * BETWEEN_LOOKS * look + "\nnr_throttled " + 3 * BETWEEN_LOOKS * look);
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  /** In promtool's words; a series that begins later is missing before. */
  private void keep(PrometheusText seen, Set<String> names, int look) {
    for (PrometheusText.Sample sample : seen.samples()) {
      if (names.contains(sample.name())) {
        Map<String, String> labels = new LinkedHashMap<>(sample.labels());
        labels.put("job", "apf-proxy-admin");
        labels.put("pod", "a");
        String name =
            labels.entrySet().stream()
                .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
                .collect(Collectors.joining(",", sample.name() + "{", "}"));
        List<String> values = series.computeIfAbsent(name, first -> new ArrayList<>());
        while (values.size() < look) {
          values.add("_");
        }
        values.add(String.valueOf(sample.value()));
      }
    }
  }

  private String tests(double memory) {
    StringBuilder text =
        new StringBuilder(
            """
            rule_files: [rules.yaml]
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series:
            """);
    series.forEach(
        (name, values) ->
            text.append(
                "      - {series: '%s', values: '%s'}%n"
                    .formatted(name, String.join(" ", values))));
    text.append("    promql_expr_test:\n");
    String tenants = "{priority_level=\"tenants\"}";
    expect(text, "count(apf_proxy:level_full" + tenants + " > 0.959 < 0.961)", "1");
    expect(
        text,
        "max(max_over_time(apiserver_flowcontrol_current_executing_seats" + tenants + "[20m]))",
        "0");
    expect(text, firing("ApfProxyLevelSaturated"), "1");
    expect(text, "count(apf_proxy:level_throttled" + tenants + " == 0)", "1");
    expect(text, "max(apiserver_flowcontrol_current_limit_seats{priority_level=\"nothing\"})", "0");
    expect(text, "apf_proxy:level_full{priority_level=\"nothing\"}", "");
    expect(text, "count(apf_proxy:cpu_throttled > 0.299 < 0.301)", "1");
    expect(text, firing("ApfProxyCpuThrottled"), "1");
    expect(
        text,
        "count(apf_proxy:memory_near > %.4f < %.4f)".formatted(memory - 0.001, memory + 0.001),
        "1");
    return text.toString();
  }

  private static String firing(String alert) {
    return "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})";
  }

  /**
   * @param value empty for none
   */
  private static void expect(StringBuilder text, String expression, String value) {
    text.append(
        "      - {expr: '%s', eval_time: %ds, exp_samples: [%s]}%n"
            .formatted(
                expression,
                (LOOKS - 1) * BETWEEN_LOOKS,
                value.isEmpty() ? "" : "{labels: '{}', value: " + value + "}"));
  }

  private static PriorityLevelConfiguration level(String name, int shares) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(name, name, Map.of()),
        new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.LIMITED,
            new PriorityLevelConfiguration.Limited(
                shares,
                0,
                0,
                new PriorityLevelConfiguration.LimitResponse(
                    PriorityLevelConfiguration.QUEUE,
                    new PriorityLevelConfiguration.Queuing(1, 1, 50))),
            null),
        List.of());
  }

  private static FlowSchema schema() {
    return new FlowSchema(
        ObjectMeta.of("all", "all", Map.of()),
        new FlowSchema.Spec(
            "tenants",
            100,
            FlowSchema.BY_USER,
            List.of(
                new FlowSchema.Rule(
                    List.of(FlowSchema.Subject.user("*")),
                    List.of(new FlowSchema.ResourceRule(ALL, ALL, ALL, true, ALL)),
                    List.of()))),
        List.of());
  }
}
