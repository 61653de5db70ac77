package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.command.AdoptCommand;
import io.apfproxy.config.Enforcement;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.time.ManualTime;
import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * From nothing to enforcement and back as docs/adopt.md says, by real Helm and kubectl, while
 * service accounts ask for more than their level has seats for. Each command is the page's own, in
 * its order. Source: specification seeing.md V-41.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("alone")
@RealControlPlane
final class AdoptionRealIT {
  private static final String PAGE = "adopt.md";
  private static final String LISTENER = "https://127.0.0.1:8443";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TARGET = "/api/v1/namespaces/default/configmaps?limit=1";
  private static final String LEVEL = "workload-low";
  private static final String LEASE =
      "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager";
  private static final int ENOUGH = 1_000;
  private static final int UNDER_WAY = 12;
  private static final int PART = 25;

  @TempDir static Path folder;
  private static final Deque<String> commands =
      new ArrayDeque<>(DocumentedCommands.blocks(PAGE, "sh"));
  private static final List<String> values = DocumentedCommands.blocks(PAGE, "yaml");
  private static ControlPlane cluster;
  private static Kubectl kubectl;
  private static DocumentedCommands shell;
  private static InstalledChart chart;
  private static SteadyLoad held;
  private static SteadyLoad free;

  /** Users of the level, who are among the first quarter and who are not. */
  private static final List<String> heldUsers = accounts(true);

  private static final List<String> freeUsers = accounts(false);

  @BeforeAll
  static void startCluster() {
    cluster = ControlPlane.start(new ControlPlane.Options(false, true, List.of()));
    kubectl = cluster.kubectl("admin");
    shell = new DocumentedCommands(folder, cluster.kubeconfig("admin"));
  }

  @AfterAll
  static void stop() {
    for (SteadyLoad load : new SteadyLoad[] {held, free}) {
      if (load != null) {
        load.close();
      }
    }
    if (chart != null) {
      chart.close();
      chart = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }

  private static List<String> accounts(boolean among) {
    List<String> names = new ArrayList<>();
    for (int i = 0; names.size() < 2; i++) {
      String name = "team-" + i;
      if (new Enforcement(PART).holds(user(name)) == among) {
        names.add(name);
      }
    }
    return names;
  }

  private static String user(String account) {
    return "system:serviceaccount:default:" + account;
  }

  /** Runs what the page says next. */
  private static CommandResult next(String begin) {
    String block = commands.remove();
    assertThat(block).startsWith(begin);
    String admin = chart == null ? LISTENER : chart.proxy().admin().toString();
    return shell.run(block.replace(LISTENER, admin)).orThrow();
  }

  @Test
  @Order(1)
  void looksAtWhatTheServerRemembers() throws IOException {
    kubectl
        .run(
            "create",
            "clusterrolebinding",
            "teams",
            "--clusterrole=cluster-admin",
            "--group=system:serviceaccounts:default")
        .orThrow();
    await().atMost(SOON).until(() -> cluster.auditLog().size() > 20);
    Files.write(folder.resolve("audit.log"), cluster.auditLog());

    String report = next("apf-proxy replay ").stdout();

    assertThat(report).contains("exempt", "read");
  }

  @Test
  @Order(2)
  void holdsNobodyBackAtFirst() throws Exception {
    chart =
        InstalledChart.install(
            cluster, Files.createDirectory(folder.resolve("chart")), values.get(0));
    await().atMost(SOON).until(() -> kubectl.run("get", "plc", LEVEL).exitCode() == 0);
    assertThat(next("kubectl get fs,plc").stdout()).contains("/" + LEVEL, "/leader-election");
    assertThat(percent("leader-election")).isZero();
    assertThat(percent("exempt")).isEqualTo(100);

    held = load(heldUsers);
    free = load(freeUsers);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(refused("apf_proxy_shadow_rejected_requests_total")).isGreaterThan(100));

    assertThat(refused("apiserver_flowcontrol_rejected_requests_total")).isZero();
    assertThat(
            chart
                .proxy()
                .metric(
                    "apiserver_flowcontrol_request_wait_duration_seconds_sum",
                    "priority_level=\"" + LEVEL + "\""))
        .as("waited in all")
        .isZero();
    assertThat(held.ends()).containsOnlyKeys("200");
    assertThat(free.ends()).containsOnlyKeys("200");
  }

  private static SteadyLoad load(List<String> accounts) {
    List<ApiClient> clients = new ArrayList<>();
    for (String account : accounts) {
      kubectl.run("create", "serviceaccount", account).orThrow();
      String token = kubectl.run("create", "token", account).orThrow().stdout().strip();
      clients.add(client(token));
    }
    return SteadyLoad.start(clients, TARGET, UNDER_WAY);
  }

  private static ApiClient client(String token) {
    ProxyProcess proxy = chart.proxy();
    return ApiClient.withToken(proxy.url(), proxy.certificate(), token, Version.HTTP_2);
  }

  /** Of the level. */
  private static double refused(String metric) {
    return chart
        .proxy()
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith(metric + "{") && line.contains("\"" + LEVEL + "\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static double percent(String level) {
    return chart.proxy().metric("apf_proxy_enforced_percent", "priority_level=\"" + level + "\"");
  }

  /**
   * Ten minutes after the start, as far as the command can see. A leader that asks once at a time
   * needs no more than a seat.
   */
  @Test
  @Order(3)
  void adoptNamesWhatIsSafeAndWhoWouldBeRefused() throws Exception {
    ApiClient leader = client(ControlPlane.token("kcm"));
    for (int i = 0; i < ENOUGH; i++) {
      HttpResponse<String> answer = leader.get(LEASE).get();
      assertThat(answer.statusCode()).isEqualTo(404);
    }
    next("kubectl -n apf-system get secret apf-proxy-tls");

    assertThat(next("apf-proxy adopt ").stdout())
        .containsPattern("(?m)^leader-election +shadow .* quiet: watch longer$")
        .containsPattern("(?m)^exempt +enforce .* enforced$")
        .contains(user(heldUsers.get(0)), user(freeUsers.get(0)));

    String table = adoptLater();
    System.out.println(table);
    assertThat(table)
        .containsPattern("(?m)^leader-election +shadow .* safe$")
        .containsPattern(
            "(?m)^" + LEVEL + " +shadow .* look: .*would-refuse --window=10m names whom$")
        .endsWith("\n" + commands.element());
    assertThat(table.lines().filter(line -> line.startsWith("kubectl "))).hasSize(1);
  }

  private static String adoptLater() throws Exception {
    List<String> line =
        List.of(
            "adopt",
            "--admin=" + chart.proxy().admin(),
            "--certificate-authority=" + folder.resolve("ca.crt"));
    TimeSource later = ManualTime.at(Instant.now().plus(Duration.ofMinutes(10)));
    Command.Adopt adopt = (Command.Adopt) Command.parse(line, Map.of());
    return AdoptCommand.run(adopt.options(), later).text();
  }

  private static void awaitPercent(String level, int percent) {
    long begun = System.nanoTime();
    await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> percent(level) == percent);
    System.out.printf(
        "%s holds %d %% of its users %d ms after kubectl%n",
        level, percent, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
  }

  @Test
  @Order(4)
  void takesOverAQuietLevel() {
    next("kubectl annotate plc leader-election ");

    awaitPercent("leader-election", 100);
    assertThat(percent(LEVEL)).isZero();
  }

  /** The others pass on, though the level has no seat for them. */
  @Test
  @Order(5)
  void takesOverABusyLevelByAPartOfItsUsers() {
    next("kubectl annotate plc " + LEVEL + " apf-proxy.io/enforcement=" + PART + "%");

    awaitPercent(LEVEL, PART);
    awaitWaiting(heldUsers, true);
    awaitWaiting(freeUsers, false);
    assertThat(free.ends()).containsOnlyKeys("200");
    assertThat(held.ends()).containsKey("200");
  }

  /**
   * Waits until all of them were held back in the last ten seconds and none let pass, or the other
   * way round.
   */
  private static void awaitWaiting(List<String> accounts, boolean enforced) {
    await()
        .atMost(SOON.multipliedBy(2))
        .untilAsserted(
            () -> {
              JsonNode rows =
                  new ObjectMapper()
                      .readTree(
                          chart
                              .proxy()
                              .page(
                                  "/debug/apf-proxy/top?by=user&window=10s&sort=requests&limit=100"))
                      .path("rows");
              for (String account : accounts) {
                JsonNode row = row(rows, user(account));
                double wait = row.at("/waitSeconds/value").asDouble();
                double would = row.at("/wouldWaitSeconds/value").asDouble();
                if (enforced) {
                  assertThat(wait).as("%s: %s", account, row).isPositive();
                  assertThat(would).as("%s: %s", account, row).isZero();
                } else { // to decide takes some microseconds
                  assertThat(would).as("%s: %s", account, row).isGreaterThan(10 * wait);
                }
              }
            });
  }

  private static JsonNode row(JsonNode rows, String user) {
    for (JsonNode row : rows) {
      if (row.path("key").asText().equals(user)) {
        return row;
      }
    }
    throw new AssertionError(user + " is not in " + rows);
  }

  @Test
  @Order(6)
  void goesBackAndThenOnToAllOfThem() throws Exception {
    next("kubectl annotate plc " + LEVEL + " apf-proxy.io/enforcement=shadow");
    awaitPercent(LEVEL, 0);
    awaitWaiting(heldUsers, false);
    assertThat(free.ends()).containsOnlyKeys("200");

    next("kubectl annotate plc " + LEVEL + " apf-proxy.io/enforcement=enforce");
    awaitPercent(LEVEL, 100);
    awaitWaiting(heldUsers, true);
    awaitWaiting(freeUsers, true);

    for (SteadyLoad load : List.of(held, free)) {
      SortedMap<String, Integer> ends = load.stop();
      System.out.println("requests of the walk: " + ends);
      assertThat(ends.keySet()).as("no other ends").isSubsetOf("200", "429").contains("200");
    }
  }

  @Test
  @Order(7)
  void objectsOfTheServersOwnTakeTheAnnotationToo() {
    next("kubectl annotate prioritylevelconfigurations.flowcontrol.apiserver.k8s.io " + LEVEL);

    try (ProxyProcess other =
        ProxyProcess.start(cluster, "--flowcontrol-source=native", "--enforcement=shadow")) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  other.metric("apf_proxy_enforced_percent", "priority_level=\"" + LEVEL + "\"")
                      == PART);
    }
  }

  @Test
  @Order(8)
  void endsWithAllOfThemHeldAndNothingWrittenOnTheLevels() throws Exception {
    chart.upgrade(values.get(1));
    await().atMost(SOON).untilAsserted(() -> assertThat(percents()).containsOnly("100.0"));
    next("kubectl annotate plc --all ");
    assertThat(
            kubectl
                .run("get", "plc", "-o", "jsonpath={.items[*].metadata.annotations}")
                .orThrow()
                .stdout())
        .contains("autoupdate-spec")
        .doesNotContain(Enforcement.ANNOTATION);
    assertThat(percents()).containsOnly("100.0");

    chart.upgrade(values.get(0));
    assertThat(percents()).containsOnly("0.0", "100.0");
    assertThat(percents().stream().filter("100.0"::equals)).as("the exempt one").hasSize(1);
  }

  private static List<String> percents() {
    return chart
        .proxy()
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith("apf_proxy_enforced_percent{"))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .toList();
  }

  @Test
  @Order(9)
  void forgetsNoCommandAndMarksWhatItCannotReach() {
    assertThat(commands).as("not run").isEmpty();
    assertThat(values).hasSize(2);
    assertThat(DocumentedCommands.text(PAGE).lines())
        .filteredOn(line -> line.contains("Control-plane components"))
        .hasSize(1)
        .allMatch(line -> line.contains("*(untested)*"));
  }
}
