package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.WholeFile;
import io.apfproxy.cli.Command;
import io.apfproxy.command.AdoptCommand;
import io.apfproxy.command.WhyCommand;
import io.apfproxy.time.TimeSource;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The whole proxy with a level that decides and holds nobody to it, and is told to. Source:
 * specification seeing.md V-30, V-37, V-38.
 */
class ShadowIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int REQUESTS = 20;
  private static final int REFUSED = 429;
  private static final String REAL = "apiserver_flowcontrol";
  private static final String SHADOW = "apf_proxy_shadow";

  /** A few seats, and one queue with one place. */
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata:
        name: small
        annotations: {apf-proxy.io/enforcement: %s}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 1
          borrowingLimitPercent: 0
          limitResponse: {type: Queue, queuing: {queues: 1, handSize: 1, queueLengthLimit: 1}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: small}
      spec:
        priorityLevelConfiguration: {name: small}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: alice}}]
          resourceRules:
          - {verbs: [get], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  /** What the answers of the last flood say of the level. */
  private final List<String> told = new ArrayList<>();

  private Path level;

  @Test
  void countsWhatItWouldDoUntilItIsToldToDoIt() throws Exception {
    level = Files.createDirectory(directory.resolve("levels")).resolve("small.yaml");
    say("shadow");
    start(
        "--enforcement=25%",
        "--expose-flow-headers",
        "--access-log=" + directory.resolve("access.log"),
        "--flowcontrol-source=builtin,files:" + level.getParent(),
        "--max-requests-inflight=300",
        "--max-mutating-requests-inflight=200");
    await().atMost(LONG).until(proxy::isReady);
    await().atMost(LONG).until(() -> enforced() == 0);
    upstream.script().on("get", SLOW).delay(Duration.ofMillis(500)).play();

    assertThat(flood()).doesNotContain(REFUSED);
    await().atMost(LONG).until(() -> held() == 0);
    double would = refused(SHADOW);
    assertThat(would).isPositive();
    assertThat(told.stream().filter("refuse queue-full"::equals)).hasSize((int) would);
    assertThat(told).as("who would have gone on at once").contains("");
    await().atMost(LONG).until(() -> logged().size() == REQUESTS);
    assertThat(logged().stream().filter("refuse queue-full"::equals)).hasSize((int) would);
    assertThat(logged())
        .contains("pass")
        .allMatch(verdict -> verdict.matches("pass|wait [0-9.]+m?s|refuse queue-full"));
    String book = admin("/debug/apf-proxy/refusals?rule=queue-full&limit=1000").body();
    assertThat(book.split("\"would\":true", -1)).hasSize(1 + (int) would);
    assertThat(why())
        .startsWith("shadow   ")
        .contains(
            ", sent on, would have been refused 429 queue-full: ",
            "user     alice\n",
            "level    small\n",
            " of 1 place taken\n",
            "wait     ");
    await().atMost(LONG).untilAsserted(() -> assertThat(top()).isEqualTo(would));
    assertThat(refused(REAL)).isZero();
    assertThat(adopt())
        .contains(
            "\"level\":\"small\",\"enforcedPercent\":0,\"requests\":" + REQUESTS + ",",
            "\"refused\":" + (long) would + ",");

    say("enforce");
    await().atMost(LONG).until(() -> enforced() == 100);
    assertThat(flood()).contains(REFUSED);
    assertThat(refused(REAL)).isPositive();
    assertThat(refused(SHADOW)).isEqualTo(would);

    say("shadow");
    await().atMost(LONG).until(() -> enforced() == 0);
    assertThat(flood()).doesNotContain(REFUSED);
  }

  /** What the command finds in the real page of metrics. V-40. */
  private String adopt() throws Exception {
    List<String> line =
        List.of("adopt", "--output=json", "--admin=http://127.0.0.1:" + proxy.adminPort());
    return AdoptCommand.run(
            ((Command.Adopt) Command.parse(line, Map.of())).options(), TimeSource.system())
        .text();
  }

  /** What the command says of alice's last one. V-29. */
  private String why() throws Exception {
    List<String> line =
        List.of(
            "why", "--user=alice", "--limit=1", "--admin=http://127.0.0.1:" + proxy.adminPort());
    return WhyCommand.run(((Command.Why) Command.parse(line, Map.of())).options()).text();
  }

  /** How many of alice's would have been refused, as the top talkers of the last minute say. */
  private double top() throws Exception {
    String answer = admin("/debug/apf-proxy/top?by=user&window=1m&sort=would-refuse").body();
    JsonNode first = new ObjectMapper().readTree(answer).path("rows").path(0);
    assertThat(first.path("key").asText()).isEqualTo("alice");
    assertThat(first.path("wouldWaitSeconds").path("value").asDouble()).isPositive();
    return first.path("wouldRefuse").path("value").asDouble();
  }

  private void say(String enforcement) throws Exception {
    WholeFile.write(level, LEVEL.formatted(enforcement));
  }

  /** What the access log says of it. */
  private List<String> logged() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("access.log"));
    List<String> logged = new ArrayList<>();
    for (String line : lines) {
      logged.add(new ObjectMapper().readTree(line).path("apf_shadow").asText());
    }
    return logged;
  }

  /** The codes of many requests at once. */
  private List<Integer> flood() {
    HttpClient client = client();
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      answers.add(client.sendAsync(asAlice(SLOW), BodyHandlers.discarding()));
    }
    told.clear();
    answers.forEach(
        answer -> told.add(answer.join().headers().firstValue("X-Apf-Shadow").orElse("")));
    return answers.stream().map(answer -> answer.join().statusCode()).toList();
  }

  private double enforced() throws Exception {
    return LocalProxy.metric(proxy, "apf_proxy_enforced_percent{priority_level=\"small\"}");
  }

  private double held() throws Exception {
    return LocalProxy.metric(
        proxy,
        "apf_proxy_shadow_current_executing_seats{flow_schema=\"small\",priority_level=\"small\"}");
  }

  private double refused(String metric) throws Exception {
    return LocalProxy.metric(
        proxy,
        metric
            + "_rejected_requests_total"
            + "{flow_schema=\"small\",priority_level=\"small\",reason=\"queue-full\"}");
  }
}
