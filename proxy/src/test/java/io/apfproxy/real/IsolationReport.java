package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A mouse beside an elephant before one real kube-apiserver: alone, without flow control, with
 * apf-proxy, and with kube-apiserver's own APF. Both users fall under the schema {@code
 * global-default}, so nothing but fair queuing keeps them apart.
 */
final class IsolationReport {
  private static final List<String> SMALL_LIMITS =
      List.of("--max-requests-inflight=20", "--max-mutating-requests-inflight=10");
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final int LISTS_IN_FLIGHT = 300;
  private static final int LIST_ITEMS = 10;
  private static final int ITEM_BYTES = 100_000;
  private static final String CONFIG_MAPS = "/api/v1/namespaces/load/configmaps";
  private static final String SMALL = CONFIG_MAPS + "/small";

  private IsolationReport() {}

  /** One line of the table. */
  record Row(String name, Mouse.Result mouse, double listsPerSecond, double refusedPerSecond) {
    String text() {
      return String.format(
          "%-42s %8.1f %8.1f %6d of %d %9.0f %10.0f",
          name,
          mouse.p50Millis(),
          mouse.p99Millis(),
          mouse.refused(),
          mouse.asked(),
          listsPerSecond,
          refusedPerSecond);
    }
  }

  /** All rows, in the order of their names above. */
  record Table(Row alone, Row without, Row proxy, Row server) {
    String text() {
      StringBuilder text =
          new StringBuilder(
              String.format(
                  "%-42s %8s %8s %13s %9s %10s%n",
                  "", "p50 ms", "p99 ms", "refused", "lists/s", "refused/s"));
      for (Row row : List.of(alone, without, proxy, server)) {
        text.append(row.text()).append(System.lineSeparator());
      }
      return text.toString();
    }
  }

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}; the one argument is the seconds
   * per row, 25 if absent.
   */
  public static void main(String[] args) {
    int seconds = args.length == 0 ? 25 : Integer.parseInt(args[0]);
    System.out.print(measure(Duration.ofSeconds(seconds)).text());
  }

  /** Starts what each row needs, one row after the other. */
  static Table measure(Duration perRow) {
    Row alone;
    Row proxied;
    try (ControlPlane roomy = start(List.of())) {
      try (ProxyProcess proxy =
          ProxyProcess.startAsFrontProxy(roomy, SMALL_LIMITS.toArray(String[]::new))) {
        Users users = new Users(proxy.url(), proxy.certificate());
        alone = row("alone, through apf-proxy", users, 0, perRow);
        proxied = row("apf-proxy, 20 + 10 seats", users, LISTS_IN_FLIGHT, perRow);
      }
    }
    return new Table(
        alone,
        direct(
            "no flow control, 20 + 10 in flight", perRow, "--enable-priority-and-fairness=false"),
        proxied,
        direct("kube-apiserver's own APF, 20 + 10 seats", perRow));
  }

  static Row direct(String name, Duration perRow, String... flags) {
    List<String> all = new ArrayList<>(SMALL_LIMITS);
    all.addAll(List.of(flags));
    try (ControlPlane small = start(all)) {
      return row(name, new Users(small.url(), small.pki("ca.crt")), LISTS_IN_FLIGHT, perRow);
    }
  }

  private static Row row(String name, Users users, int listsInFlight, Duration time) {
    Mouse mouse = new Mouse(users.client("mouse"), SMALL);
    try (Elephant elephant =
        new Elephant(users.client("elephant"), CONFIG_MAPS + "?resourceVersion=0", listsInFlight)) {
      mouse.run(WARM_UP);
      // hundreds of TLS handshakes are not what is measured
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> elephant.served() + elephant.refused() >= listsInFlight);
      long served = elephant.served();
      long refused = elephant.refused();
      long start = System.nanoTime();
      Mouse.Result result = mouse.run(time);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Row(
          name,
          result,
          (elephant.served() - served) / seconds,
          (elephant.refused() - refused) / seconds);
    }
  }

  private record Users(URI server, Path trusted) {
    ApiClient client(String user) {
      return ApiClient.withToken(server, trusted, ControlPlane.token(user), Version.HTTP_1_1);
    }
  }

  private static ControlPlane start(List<String> flags) {
    ControlPlane cluster = ControlPlane.start(new ControlPlane.Options(false, false, flags));
    try {
      ProxyAccess.grant(cluster);
      cluster.kubectl("admin").runWithInput(objects(), "create", "-f", "-").orThrow();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static String objects() {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: load}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: load-may-read}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: load}]
            """);
    configMap(yaml, "small", 2_048);
    for (int i = 0; i < LIST_ITEMS; i++) {
      configMap(yaml, "large-" + i, ITEM_BYTES);
    }
    return yaml.toString();
  }

  private static void configMap(StringBuilder yaml, String name, int bytes) {
    yaml.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: load, name: ")
        .append(name)
        .append("}\ndata: {blob: ")
        .append("x".repeat(bytes))
        .append("}\n");
  }
}
