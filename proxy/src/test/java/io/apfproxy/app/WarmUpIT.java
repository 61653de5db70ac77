package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.realcluster.CommandResult;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The warm-up before readiness: what it holds up, and that nothing of it is left. */
class WarmUpIT extends AppFixture {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(40);

  private final HttpClient operators = HttpClient.newHttpClient();
  private ChildProxy child;

  private void startJar(String... flags) {
    child = startJar(List.of("-Xmx512m"), flags);
  }

  @AfterEach
  void stopJar() {
    if (child != null) {
      child.close();
    }
  }

  /** Empty as long as it does not listen. */
  private String page(String path) throws InterruptedException {
    try {
      HttpRequest asked = HttpRequest.newBuilder(child.admin().resolve(path)).build();
      return operators.send(asked, BodyHandlers.ofString()).body();
    } catch (IOException notYet) {
      assertThat(child.isAlive()).as(child.log()).isTrue();
      return "";
    }
  }

  @Test
  void isNotReadyMeanwhileButAliveAndServesAndEndsWhenAsked() throws Exception {
    startJar("--warm-up=1m", "--shutdown-grace=1s");

    await()
        .atMost(LONGEST)
        .until(() -> page("/readyz?verbose"), checks -> checks.contains("[+]upstream ok"));
    assertThat(page("/readyz?verbose")).contains("[-]warm-up failed: not finished");
    assertThat(page("/livez")).isEqualTo("ok");
    assertThat(child.log()).doesNotContain("warmed up");
    HttpClient client = clientOfJar();
    HttpResponse<String> answer = client.send(asAlice(child, NAMESPACES), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);

    CommandResult end = child.stop(STOP); // a minute would be too long

    assertThat(end.exitCode()).isZero();
    assertThat(end.stderr()).doesNotContain("not warmed up").doesNotContain("ERROR");
  }

  @Test
  void leavesNothingBehind() throws Exception {
    startJar("--warm-up=5s", "-v=6");

    child.awaitReady();

    await().atMost(LONGEST).until(() -> child.log().contains(" requests to itself"));
    assertThat(child.log())
        .doesNotContain("not warmed up")
        .doesNotContain("refused")
        .doesNotContain("RequestLog")
        .doesNotContain("ERROR");
    assertThat(page("/readyz?verbose")).contains("[+]warm-up ok");
    String metrics = page("/metrics");
    assertThat(sum(metrics, "apiserver_flowcontrol_dispatched_requests_total")).isZero();
    assertThat(sum(metrics, "apiserver_flowcontrol_current_executing_requests")).isZero();
    assertThat(sum(metrics, "apf_proxy_refusals_total")).isZero();
    assertThat(sum(metrics, "apf_proxy_disbelieved_headers_total")).isZero();
    assertThat(sum(metrics, "apf_proxy_bound_overflows_total")).isZero();
    assertThat(sum(metrics, "apf_proxy_bound_used{rule=\"connections-total\"")).isZero();
    assertThat(sum(metrics, "apf_proxy_bound_used{rule=\"watches-total\"")).isZero();
    assertThat(sum(metrics, "apf_proxy_talker_counters")).isZero();
    assertThat(page("/debug/apf-proxy/top?window=10m")).contains("\"requests\":0,", "\"rows\":[]");
    assertThat(page("/debug/api_priority_and_fairness/dump_requests").lines()).hasSize(1);
    assertThat(page("/debug/api_priority_and_fairness/dump_priority_levels"))
        .doesNotContainPattern("(?m)^workload-low, .*[1-9]");
    if (Files.exists(Path.of("/proc/net/tcp"))) {
      await().atMost(LONGEST).until(() -> listening().size() == 2); // for clients, operators
    }
  }

  @Test
  void isNotDoneWhereItIsSwitchedOff() throws Exception {
    start("--warm-up=0s");

    assertThat(admin("/readyz?verbose").body()).contains("[+]warm-up ok");
  }

  /** Of all series whose line begins so. */
  private static double sum(String metrics, String beginning) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Its sockets that wait for connections, each once. Linux only. */
  private Set<String> listening() throws IOException {
    Set<String> own = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          own.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    Set<String> found = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (Files.exists(Path.of(table))) {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] fields = line.trim().split("\\s+", -1);
          if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
            found.add(fields[1]);
          }
        }
      }
    }
    return found;
  }
}
