package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.fixtures.prometheus.Promtool;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever reads kube-apiserver's metrics and dumps of flow control can read the proxy's. */
@RealControlPlane(audit = true)
final class MetricsRealIT {
  private static final String DUMPS = "/debug/api_priority_and_fairness/";
  private static final List<String> CLASSIC =
      List.of("apiserver_current_inflight_requests", "apiserver_current_inqueue_requests");

  /** Which the server shows only once it happened; the rest it shows after any traffic. */
  private static final Set<String> OF_RARE_EVENTS =
      Set.of(
          "apiserver_flowcontrol_rejected_requests_total",
          "apiserver_flowcontrol_epoch_advance_total",
          "apiserver_flowcontrol_request_dispatch_no_accommodation_total");

  /** Labels whose values are not names of configuration objects. */
  private static final List<String> CLOSED_LABELS =
      List.of("phase", "request_kind", "bound", "type", "execute");

  @Test
  void showsTheServersMetricsUnderTheSameNamesLabelsAndBuckets(ControlPlane cluster)
      throws Exception {
    ProxyAccess.grant(cluster);
    traffic(cluster, cluster.url(), cluster.pki("ca.crt"), Version.HTTP_1_1);
    PrometheusText server = PrometheusText.parse(raw(cluster, "/metrics"));
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster)) {
      traffic(cluster, proxy.url(), proxy.certificate(), Version.HTTP_2);
      String text = proxy.page("/metrics");
      PrometheusText ours = PrometheusText.parse(text);

      Set<String> known = families(server);
      assertThat(known).hasSizeGreaterThanOrEqualTo(30).containsAll(CLASSIC);
      for (String metric : known) {
        assertThat(ours.type(metric)).as(metric).isEqualTo(server.type(metric));
        assertThat(ours.labelNames(metric)).as(metric).isEqualTo(server.labelNames(metric));
        assertThat(ours.upperBounds(metric)).as(metric).isEqualTo(server.upperBounds(metric));
        for (String label : CLOSED_LABELS) {
          assertThat(ours.labelValues(metric, label))
              .as("%s{%s}", metric, label)
              .containsAll(server.labelValues(metric, label));
        }
      }
      Set<String> onlyOurs = new TreeSet<>(families(ours));
      onlyOurs.removeAll(known);
      assertThat(OF_RARE_EVENTS).as("metrics that the server does not show").containsAll(onlyOurs);
      checkWithPromtool(text);
    }
  }

  @Test
  void dumpsWhatTheServerDumps(ControlPlane cluster) throws Exception {
    ProxyAccess.grant(cluster);
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster)) {
      for (String dump :
          List.of(
              "dump_priority_levels",
              "dump_queues",
              "dump_requests",
              "dump_requests?includeRequestDetails=1",
              "dump_requests?includeRequestDetails=")) {
        Dump server = Dump.parse(raw(cluster, DUMPS + dump));
        Dump ours = Dump.parse(proxy.page(DUMPS + dump));
        assertThat(ours.columns()).as(dump).isEqualTo(server.columns());
        if (!dump.startsWith("dump_requests")) {
          // levels in their order, and every queue of each, of which the server promises none
          assertThat(ours.firstCells(dump.equals("dump_queues") ? 2 : 1))
              .as(dump)
              .isEqualTo(server.firstCells(dump.equals("dump_queues") ? 2 : 1))
              .hasSizeGreaterThanOrEqualTo(8);
        }
      }
    }
  }

  /** A few reads, writes and watches of two users. */
  private static void traffic(ControlPlane cluster, URI server, Path trusted, Version version)
      throws Exception {
    Map<String, ApiClient> users = ClassificationRealIT.users(cluster, server, trusted, version);
    MixedRequests.send(
        MixedRequests.all().stream()
            .filter(request -> List.of("admin", "alice").contains(request.user()))
            .toList(),
        users);
  }

  private static String raw(ControlPlane cluster, String path) {
    return cluster.kubectl("admin").run("get", "--raw", path).orThrow().stdout();
  }

  private static Set<String> families(PrometheusText text) {
    return text.types().keySet().stream()
        .filter(name -> name.startsWith("apiserver_flowcontrol_") || CLASSIC.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Prometheus' own parser, where it is installed. It may advise (exit code 3), but must read. */
  private static void checkWithPromtool(String text) throws Exception {
    Optional<Path> promtool = Promtool.find();
    if (promtool.isEmpty()) {
      System.out.println("promtool is not on the PATH: the text is not checked with it");
      return;
    }
    RunningCommand check =
        RunningCommand.start(new ProcessBuilder(promtool.get().toString(), "check", "metrics"));
    check.write(text.getBytes(StandardCharsets.UTF_8));
    check.closeStdin();
    CommandResult result = check.await(Duration.ofSeconds(60));
    assertThat(result.exitCode()).as(result.toString()).isIn(0, 3);
  }

  /** A table as kube-apiserver prints it, read by its commas as scripts do. */
  private record Dump(List<String> columns, List<List<String>> rows) {
    static Dump parse(String text) {
      assertThat(text).endsWith("\n");
      List<List<String>> lines = text.lines().map(line -> List.of(line.split(", *", -1))).toList();
      assertThat(lines).allMatch(cells -> cells.size() == lines.get(0).size());
      return new Dump(lines.get(0), lines.subList(1, lines.size()));
    }

    Set<List<String>> firstCells(int number) {
      Set<List<String>> keys =
          rows.stream()
              .map(row -> row.subList(0, number))
              .collect(
                  Collectors.toCollection(
                      () -> new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()))));
      assertThat(keys).hasSameSizeAs(new ArrayList<>(rows));
      return keys;
    }
  }
}
