package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metrics of flow control, as kube-apiserver has them. */
class FlowMetricsPageTest {
  private static final String SUBSYSTEM = "apiserver_flowcontrol_";

  private final ProxyMetrics metrics = new ProxyMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  private PrometheusText scrape() {
    ReportedFlowControl.tell(metrics);
    return PrometheusText.parse(metrics.scrape());
  }

  /** Name, type and labels as in kube-apiserver; of histograms all upper bounds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rejected_requests_total                 | counter   | priority_level flow_schema reason |",
        "dispatched_requests_total               | counter   | priority_level flow_schema        |",
        "epoch_advance_total                     | counter   | priority_level success            |",
        "request_dispatch_no_accommodation_total | counter   | priority_level flow_schema        |",
        "current_inqueue_requests                | gauge     | priority_level flow_schema        |",
        "current_inqueue_seats                   | gauge     | priority_level flow_schema        |",
        "current_executing_requests              | gauge     | priority_level flow_schema        |",
        "current_executing_seats                 | gauge     | priority_level flow_schema        |",
        "nominal_limit_seats                     | gauge     | priority_level                    |",
        "lower_limit_seats                       | gauge     | priority_level                    |",
        "upper_limit_seats                       | gauge     | priority_level                    |",
        "current_limit_seats                     | gauge     | priority_level                    |",
        "demand_seats_high_watermark             | gauge     | priority_level                    |",
        "demand_seats_average                    | gauge     | priority_level                    |",
        "demand_seats_stdev                      | gauge     | priority_level                    |",
        "demand_seats_smoothed                   | gauge     | priority_level                    |",
        "target_seats                            | gauge     | priority_level                    |",
        "seat_fair_frac                          | gauge     |                                   |",
        "current_r                               | gauge     | priority_level                    |",
        "dispatch_r                              | gauge     | priority_level                    |",
        "latest_s                                | gauge     | priority_level                    |",
        "next_s_bounds                           | gauge     | priority_level bound              |",
        "next_discounted_s_bounds                | gauge     | priority_level bound              |",
        "request_queue_length_after_enqueue      | histogram | priority_level flow_schema         | 0 10 25 50 100 250 500 1000",
        "request_wait_duration_seconds           | histogram | priority_level flow_schema execute | 0 .005 .02 .05 .1 .2 .5 1 2 5 10 15 30",
        "request_execution_seconds               | histogram | priority_level flow_schema type    | 0 .005 .02 .05 .1 .2 .5 1 2 5 10 15 30",
        "watch_count_samples                     | histogram | priority_level flow_schema         | 0 1 10 100 1000 10000",
        "work_estimated_seats                    | histogram | priority_level flow_schema         | 1 2 4 8 16 32 64 100",
        "priority_level_seat_utilization         | histogram | phase priority_level               | 0 .1 .2 .3 .4 .5 .6 .7 .8 .9 .95 .99 1",
        "priority_level_request_utilization      | histogram | phase priority_level               | 0 .001 .003 .01 .03 .1 .25 .5 .75 1",
        "read_vs_write_current_requests          | histogram | phase request_kind                 | 0 .001 .01 .1 .2 .3 .4 .5 .6 .7 .8 .9 .95 .99 1",
        "demand_seats                            | histogram | priority_level                     | .2 .4 .6 .8 1 1.2 1.4 1.7 2 2.8 4 6",
      })
  void saysWhatKubeApiserverSays(String name, String type, String labels, String buckets) {
    PrometheusText text = scrape();

    assertThat(text.type(SUBSYSTEM + name)).isEqualTo(type);
    assertThat(text.labelNames(SUBSYSTEM + name))
        .isEqualTo(
            labels == null ? Set.of() : new TreeSet<>(List.of(labels.strip().split("\\s+"))));
    if (buckets != null) {
      assertThat(text.upperBounds(SUBSYSTEM + name))
          .containsExactlyElementsOf(
              Stream.concat(
                      Stream.of(buckets.split(" ")).map(Double::valueOf),
                      Stream.of(Double.POSITIVE_INFINITY))
                  .toList());
    }
  }

  @Test
  void showsTheMostOfTheLastSecondByKind() {
    PrometheusText text = scrape();

    for (String kind : List.of("readOnly", "mutating")) {
      int most = kind.equals("readOnly") ? 5 : 7;
      Map<String, String> label = Map.of("request_kind", kind);
      assertThat(text.value("apiserver_current_inqueue_requests", label)).isEqualTo(most);
      assertThat(text.value("apiserver_current_inflight_requests", label)).isEqualTo(most + 1);
    }
  }

  @Test
  void showsTheLevelsAsTheyAreAtTheScrape() {
    PrometheusText text = scrape();
    Map<String, Double> expected =
        Map.ofEntries(
            Map.entry("nominal_limit_seats", 245.0),
            Map.entry("lower_limit_seats", 25.0),
            Map.entry("upper_limit_seats", 845.0),
            Map.entry("current_limit_seats", 56.0),
            Map.entry("demand_seats_high_watermark", 70.0),
            Map.entry("demand_seats_average", 40.5),
            Map.entry("demand_seats_stdev", 3.25),
            Map.entry("demand_seats_smoothed", 41.5),
            Map.entry("target_seats", 55.5),
            Map.entry("current_r", 1.5),
            Map.entry("dispatch_r", 1.25),
            Map.entry("latest_s", 1.125));

    expected.forEach(
        (name, value) ->
            assertThat(text.value(SUBSYSTEM + name, Map.of("priority_level", "workload-low")))
                .as(name)
                .isEqualTo(value));
    assertThat(text.value(SUBSYSTEM + "seat_fair_frac", Map.of())).isEqualTo(0.875);
    assertThat(bound(text, "next_s_bounds", "min")).isEqualTo(0.5);
    assertThat(bound(text, "next_s_bounds", "max")).isEqualTo(0.75);
    assertThat(bound(text, "next_discounted_s_bounds", "min")).isEqualTo(-0.25);
    assertThat(bound(text, "next_discounted_s_bounds", "max")).isEqualTo(0.25);
    assertThat(epochAdvances(text, "true")).isEqualTo(5);
    assertThat(epochAdvances(text, "false")).isEqualTo(2);
  }

  private static double epochAdvances(PrometheusText text, String success) {
    return text.value(
        SUBSYSTEM + "epoch_advance_total",
        Map.of("priority_level", "workload-low", "success", success));
  }

  private static double bound(PrometheusText text, String name, String bound) {
    return text.value(SUBSYSTEM + name, Map.of("priority_level", "workload-low", "bound", bound));
  }

  @Test
  void showsHowManyNanosecondsALevelWasHowBusy() {
    PrometheusText text = scrape();
    Map<String, String> waiting = Map.of("priority_level", "workload-low", "phase", "waiting");
    Map<String, String> executing = Map.of("priority_level", "workload-low", "phase", "executing");

    assertThat(text.value(SUBSYSTEM + "priority_level_request_utilization_count", waiting))
        .isEqualTo(66);
    assertThat(text.value(SUBSYSTEM + "priority_level_request_utilization_sum", executing))
        .isEqualTo(12.5);
    assertThat(text.value(SUBSYSTEM + "priority_level_seat_utilization_count", executing))
        .isEqualTo(105);
    assertThat(
            text.value(
                SUBSYSTEM + "demand_seats_bucket",
                Map.of("priority_level", "workload-low", "le", "0.4")))
        .as("buckets are cumulative")
        .isEqualTo(3);
  }

  @Test
  void showsWhatEachSchemaHoldsAndDid() {
    PrometheusText text = scrape();

    assertThat(ofFlow(text, "current_inqueue_requests")).isEqualTo(12);
    assertThat(ofFlow(text, "current_inqueue_seats")).isEqualTo(13);
    assertThat(ofFlow(text, "current_executing_requests")).isEqualTo(5);
    assertThat(ofFlow(text, "current_executing_seats")).isEqualTo(6);
    assertThat(ofFlow(text, "request_dispatch_no_accommodation_total")).isEqualTo(9);
    assertThat(ofFlow(text, "dispatched_requests_total")).isEqualTo(1);
    assertThat(ofFlow(text, "rejected_requests_total", "reason", "queue-full")).isEqualTo(1);
    assertThat(ofFlow(text, "rejected_requests_total", "reason", "time-out")).isEqualTo(2);
    assertThat(ofFlow(text, "rejected_requests_total", "reason", "concurrency-limit")).isZero();
  }

  @Test
  void putsMeasurementsIntoTheirBuckets() {
    PrometheusText text = scrape();

    assertThat(bucket(text, "work_estimated_seats", "2.0")).isZero();
    assertThat(bucket(text, "work_estimated_seats", "4.0")).isEqualTo(1);
    assertThat(bucket(text, "request_queue_length_after_enqueue", "0.0")).isEqualTo(1);
    assertThat(bucket(text, "watch_count_samples", "100.0")).isZero();
    assertThat(bucket(text, "watch_count_samples", "1000.0")).isEqualTo(1);
    assertThat(bucket(text, "request_wait_duration_seconds", "0.0", "execute", "false"))
        .isEqualTo(1);
    assertThat(bucket(text, "request_wait_duration_seconds", "0.0", "execute", "true")).isZero();
    assertThat(bucket(text, "request_wait_duration_seconds", "0.005", "execute", "true"))
        .isEqualTo(1);
    assertThat(bucket(text, "request_execution_seconds", "30.0", "type", "regular")).isZero();
    assertThat(bucket(text, "request_execution_seconds", "+Inf", "type", "regular")).isEqualTo(1);
    assertThat(ofFlow(text, "request_execution_seconds_sum", "type", "regular")).isEqualTo(40);
    assertThat(bucket(text, "request_execution_seconds", "0.005", "type", "watch")).isEqualTo(1);
  }

  private static double bucket(PrometheusText text, String name, String bound, String... more) {
    return ofFlow(
        text,
        name + "_bucket",
        Stream.concat(Stream.of("le", bound), Stream.of(more)).toArray(String[]::new));
  }

  private static double ofFlow(PrometheusText text, String name, String... more) {
    Map<String, String> labels =
        Stream.iterate(0, i -> i < more.length, i -> i + 2)
            .collect(Collectors.toMap(i -> more[i], i -> more[i + 1]));
    labels.put("priority_level", "workload-low");
    labels.put("flow_schema", "service-accounts");
    return text.value(SUBSYSTEM + name, labels);
  }
}
