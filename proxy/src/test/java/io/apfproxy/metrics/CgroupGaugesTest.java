package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.process.Cgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of the container's limits. Specification seeing.md V-110. */
class CgroupGaugesTest {
  @TempDir Path root;

  /** A container with limits. */
  static Cgroup limited(Path root) throws IOException {
    write(root, "proc/self/cgroup", "0::/");
    write(root, "sys/fs/cgroup/memory.max", "536870912");
    write(root, "sys/fs/cgroup/cpu.max", "200000 100000");
    write(
        root,
        "sys/fs/cgroup/cpu.stat",
        "usage_usec 9\nnr_periods 40\nnr_throttled 10\nnr_bursts 0");
    return Cgroup.under(root);
  }

  private PrometheusText scrape() {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      metrics.bindCgroup(Cgroup.under(root));
      return PrometheusText.parse(metrics.scrape());
    }
  }

  private void write(String file, String text) throws IOException {
    write(root, file, text);
  }

  private static void write(Path root, String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  @Test
  void showsTheLimitsOfAContainer() throws IOException {
    limited(root);

    PrometheusText text = scrape();

    assertThat(text.value("apf_proxy_memory_limit_bytes", Map.of())).isEqualTo(512 << 20);
    assertThat(text.value("apf_proxy_cpu_periods_total", Map.of())).isEqualTo(40);
    assertThat(text.value("apf_proxy_cpu_throttled_periods_total", Map.of())).isEqualTo(10);
  }

  @Test
  void takesTheTightestOfNestedGroups() throws IOException {
    write("proc/self/cgroup", "1:name=systemd:/other\n0::/pod/container");
    write("sys/fs/cgroup/pod/memory.max", "1000000");
    write("sys/fs/cgroup/pod/cpu.max", "50000 100000");
    write("sys/fs/cgroup/pod/cpu.stat", "nr_periods 7\nnr_throttled 3");
    write("sys/fs/cgroup/pod/container/memory.max", "max");
    write("sys/fs/cgroup/pod/container/cpu.max", "max 100000");
    write("sys/fs/cgroup/pod/container/cpu.stat", "nr_periods 0\nnr_throttled 0");

    PrometheusText text = scrape();

    assertThat(text.value("apf_proxy_memory_limit_bytes", Map.of())).isEqualTo(1_000_000);
    assertThat(text.value("apf_proxy_cpu_throttled_periods_total", Map.of())).isEqualTo(3);
  }

  @Test
  void showsNothingWithoutLimitsOrGroups() throws IOException {
    assertThat(scrape().series("apf_proxy_memory_limit_bytes")).isZero();

    write("proc/self/cgroup", "0::/../../elsewhere");
    write("sys/fs/cgroup/memory.max", "max");
    write("sys/fs/cgroup/cpu.max", "max 100000");
    write("sys/fs/cgroup/cpu.stat", "usage_usec 900");

    PrometheusText text = scrape();

    assertThat(text.series("apf_proxy_memory_limit_bytes")).isZero();
    assertThat(text.series("apf_proxy_cpu_periods_total")).isZero();
    assertThat(text.series("apf_proxy_cpu_throttled_periods_total")).isZero();
  }
}
