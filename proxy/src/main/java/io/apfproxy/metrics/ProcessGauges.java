package io.apfproxy.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The process as Prometheus' clients describe it. What the system does not tell is left out. */
final class ProcessGauges implements MultiCollector {
  private static final Path STATUS = Path.of("/proc/self/status");

  @Override
  public MetricSnapshots collect() {
    List<MetricSnapshot> metrics = new ArrayList<>();
    metrics.add(
        gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0));
    residentBytes()
        .ifPresent(
            bytes ->
                metrics.add(
                    gauge(
                        "process_resident_memory_bytes", "Resident memory size in bytes.", bytes)));
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.UnixOperatingSystemMXBean system) {
      metrics.add(
          gauge(
              "process_open_fds",
              "Number of open file descriptors.",
              (double) system.getOpenFileDescriptorCount()));
      metrics.add(
          gauge(
              "process_max_fds",
              "Maximum number of open file descriptors.",
              (double) system.getMaxFileDescriptorCount()));
      metrics.add(
          CounterSnapshot.builder()
              .name("process_cpu_seconds")
              .help("Total user and system CPU time spent in seconds.")
              .dataPoint(
                  CounterSnapshot.CounterDataPointSnapshot.builder()
                      .value(system.getProcessCpuTime() / 1e9)
                      .build())
              .build());
    }
    return new MetricSnapshots(metrics);
  }

  private static OptionalDouble residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return OptionalDouble.of(1024.0 * Long.parseLong(line.replaceAll("[^0-9]", "")));
        }
      }
    } catch (IOException e) {
      // not Linux: then nobody knows
    }
    return OptionalDouble.empty();
  }

  private static MetricSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
