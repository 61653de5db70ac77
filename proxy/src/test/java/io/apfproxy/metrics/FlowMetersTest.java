package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.flowcontrol.FlowMetrics.Lead;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S79")
class FlowMetersTest {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final FlowMeters meters = new FlowMeters(registry);

  @Test
  void forgetsSchemasThatAreGoneOnceTheyAreMany() {
    Set<Lead> inForce = Set.of(new Lead("level", "stays"));
    meters.flow("level", "stays").dispatched();
    for (int i = 0; i < 5_000; i++) {
      meters.flow("level", "gone-" + i).dispatched();
      meters.inForce(inForce);
    }

    assertThat(series("apiserver_flowcontrol_dispatched_requests")).isBetween(2L, 1_001L);
    meters.flow("level", "stays").dispatched();
    assertThat(dispatched("stays")).isEqualTo(2);
  }

  private long series(String metric) {
    return registry.scrape().stream()
        .filter(family -> family.getMetadata().getName().equals(metric))
        .mapToLong(family -> family.getDataPoints().size())
        .sum();
  }

  private double dispatched(String schema) {
    return registry.scrape().stream()
        .filter(
            family ->
                family.getMetadata().getName().equals("apiserver_flowcontrol_dispatched_requests"))
        .flatMap(family -> family.getDataPoints().stream())
        .filter(point -> schema.equals(point.getLabels().get("flow_schema")))
        .map(
            io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot.class
                ::cast)
        .mapToDouble(
            io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot
                ::getValue)
        .sum();
  }
}
