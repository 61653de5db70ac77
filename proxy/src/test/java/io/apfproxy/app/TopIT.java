package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.command.Output;
import io.apfproxy.command.TopCommand;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An elephant and a mouse, as they are shown. Specification seeing.md V-05, V-19 to V-21. */
class TopIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String TOP = "/debug/apf-proxy/top";
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int FLOOD = 30;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One seat and two places for alice. */
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: narrow}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 1
          borrowingLimitPercent: 0
          limitResponse: {type: Queue, queuing: {queues: 2, handSize: 1, queueLengthLimit: 2}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: narrow}
      spec:
        priorityLevelConfiguration: {name: narrow}
        matchingPrecedence: 100
        distinguisherMethod: {type: ByUser}
        rules:
        - subjects: [{kind: User, user: {name: alice}}]
          resourceRules:
          - {verbs: [get], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  private void startNarrow(String... flags) throws Exception {
    Path levels = Files.createDirectories(directory.resolve("levels"));
    Files.writeString(levels.resolve("narrow.yaml"), LEVEL);
    start(
        Stream.concat(
                Stream.of(
                    "--flowcontrol-source=builtin,files:" + levels,
                    "--max-requests-inflight=5",
                    "--max-mutating-requests-inflight=1"),
                Stream.of(flags))
            .toArray(String[]::new));
  }

  /** Floods with alice's requests, and sends one of somebody else. */
  private long floodAndCountRefused() throws Exception {
    upstream.script().on("get", SLOW).delay(Duration.ofMillis(100)).play();
    HttpClient client = client();
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      answers.add(client.sendAsync(asAlice(SLOW), BodyHandlers.discarding()));
    }
    HttpRequest mouse = HttpRequest.newBuilder(LocalProxy.url(proxy, NAMESPACES)).build();
    client.send(mouse, BodyHandlers.discarding());
    return answers.stream().filter(answer -> answer.join().statusCode() == 429).count();
  }

  private JsonNode top(String query) throws Exception {
    HttpResponse<String> answer = admin(TOP + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    return JSON.readTree(answer.body());
  }

  private JsonNode awaitAll(String query) {
    return await()
        .atMost(LONG)
        .until(() -> top(query), json -> json.path("total").path("requests").asInt() == FLOOD + 1);
  }

  @Test
  void anElephantAndItsRefusalsAreShownByEveryDimension() throws Exception {
    startNarrow();
    long refused = floodAndCountRefused();
    assertThat(refused).isPositive();

    JsonNode users = awaitAll("?by=user&window=1m&sort=requests");

    assertThat(users.path("version").asInt()).isEqualTo(1);
    assertThat(users.path("counters").asInt()).isEqualTo(256);
    assertThat(users.path("lost").asInt()).isZero();
    assertThat(users.at("/levels/limit").asInt()).isGreaterThanOrEqualTo(6);
    assertThat(users.at("/levels/waiting").asInt()).isZero();
    assertThat(users.path("seconds").asDouble()).isPositive();
    assertThat(users.path("rows")).hasSize(2);
    JsonNode alice = users.path("rows").get(0);
    assertThat(alice.path("key").asText()).isEqualTo("alice");
    assertThat(alice.path("certain").asBoolean()).isTrue();
    assertThat(alice.path("requests").toString())
        .isEqualTo("{\"value\":" + FLOOD + ",\"error\":0}");
    assertThat(alice.path("refused").path("value").asLong()).isEqualTo(refused);
    assertThat(alice.path("refusedBy").path("queue-full").path("value").asLong())
        .isEqualTo(refused);
    assertThat(alice.path("seatSeconds").path("value").asDouble())
        .isGreaterThan(0.1 * (FLOOD - refused) - 0.001);
    assertThat(alice.path("waitSeconds").path("value").asDouble()).isPositive();
    assertThat(users.path("rows").get(1).path("key").asText()).isEqualTo("system:anonymous");
    assertThat(key(awaitAll("?by=namespace&sort=requests"))).isEqualTo("default");
    assertThat(key(awaitAll("?by=what&sort=requests"))).isEqualTo("get configmaps");
    assertThat(key(awaitAll("?by=address&sort=requests"))).isEqualTo("127.0.0.1");
    assertThat(key(awaitAll("?by=flow&sort=requests"))).isEqualTo("narrow/narrow/alice");
    assertThat(key(awaitAll("?by=agent&sort=requests"))).startsWith("Java-http-client/");
    assertThat(top("?limit=1").path("rows")).hasSize(1);
    assertThat(admin(TOP + "?output=table").body().lines())
        .anyMatch(line -> line.matches("USER +REQ/S +SEATS +WAIT +BYTES/S +REFUSED/S +WHY"))
        .anyMatch(line -> line.startsWith("alice ") && line.endsWith("  queue-full"));
    assertThat(LocalProxy.metric(proxy, "apf_proxy_talker_records_lost_total")).isZero();
    assertThat(LocalProxy.metric(proxy, "apf_proxy_talker_counters{by=\"user\"}"))
        .isBetween(1.0, 2.0); // they may have come in different pieces of time
  }

  private static String key(JsonNode answer) {
    return answer.path("rows").get(0).path("key").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "by=users   | by: found \"users\", expected one of user, agent, namespace, what, address, flow",
        "window=1h  | window: found \"1h\", expected one of 10s, 1m, 10m, now",
        "sort=seats | sort: found \"seats\", expected one of requests, refused, wait, seat-seconds, bytes, would-wait, would-refuse",
        "limit=1001 | limit: found 1001, expected a whole number from 1 to 1000",
        "limit=%1b  | limit: found \"\\u001b\", expected a whole number from 1 to 1000",
        "output=xml | output: expected one of json, table",
        "window=now&output=xml | output: expected one of json, table",
        "window=now&by=agent | by: found \"agent\", expected with window now one of user, namespace, what, flow",
        "window=now&sort=bytes | sort: found \"bytes\", expected with window now one of seats, waiting",
      })
  void whatIsUnknownIsRefusedWithWhatIsKnown(String query, String message) throws Exception {
    startNarrow();

    HttpResponse<String> answer = admin(TOP + "?" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(message + "\n");
  }

  @Test
  @Tag("V-12")
  void atThisMomentExactlyWhatIsInTheQueuesIsShown() throws Exception {
    startNarrow("--top-counters=0", "--shutdown-grace=1s", "--request-timeout=10m");
    upstream.script().on("get", SLOW).delay(Duration.ofSeconds(60)).play();
    HttpClient client = client();
    for (int i = 0; i < FLOOD; i++) {
      var unused = client.sendAsync(asAlice(SLOW), BodyHandlers.discarding());
    }

    JsonNode users =
        await()
            .atMost(LONG)
            .until(() -> top("?window=now"), json -> json.at("/rows/0/waiting").asInt() == 2);

    assertThat(users.path("total").toString())
        .isEqualTo("{\"seats\":1,\"executing\":1,\"waiting\":2}");
    assertThat(users.path("rows").toString())
        .isEqualTo("[{\"key\":\"alice\",\"seats\":1,\"executing\":1,\"waiting\":2}]");
    assertThat(key(top("?window=now&by=namespace"))).isEqualTo("default");
    assertThat(key(top("?window=now&by=what&sort=waiting"))).isEqualTo("get configmaps");
    assertThat(key(top("?window=now&by=flow"))).isEqualTo("narrow/narrow/alice");
    String admin = "--admin=http://127.0.0.1:" + proxy.adminPort();
    assertThat(command(admin, "--window=now", "--by=what").text().lines().skip(1))
        .containsExactly(
            "WHAT            SEATS  EXECUTING  WAITING",
            "get configmaps      1          1        2");
    JsonNode both = JSON.readTree(command(admin, admin, "--window=now", "--output=json").text());
    assertThat(both.path("total").toString())
        .isEqualTo("{\"seats\":2,\"executing\":2,\"waiting\":4}");
  }

  @Test
  void nobodyIsCountedWithoutCounters() throws Exception {
    startNarrow("--top-counters=0");

    assertThat(admin(TOP).statusCode()).isEqualTo(404);
    assertThat(admin("/metrics").body()).doesNotContain("apf_proxy_talker");
    assertThat(floodAndCountRefused()).isPositive();
  }

  private static Output command(String... arguments) throws Exception {
    List<String> line = Stream.concat(Stream.of("top"), Stream.of(arguments)).toList();
    return TopCommand.run(((Command.Top) Command.parse(line, Map.of())).options(), System.out);
  }

  @Test
  void theCommandPrintsATableAndAddsUpProxies() throws Exception {
    startNarrow();
    String admin = "--admin=http://127.0.0.1:" + proxy.adminPort();
    floodAndCountRefused();
    awaitAll("?sort=requests");

    Output one = command(admin, "--sort=requests");
    Output both = command(admin, admin, "--sort=requests", "--output=json", "--limit=1");

    assertThat(one.exitCode()).isZero();
    assertThat(one.text()).doesNotContain("\u001b").startsWith(admin.substring(8) + "  ");
    assertThat(one.text().lines()).hasSize(4);
    assertThat(one.text().lines().findFirst().orElseThrow())
        .matches(".*, lost 0; now \\d+ of \\d+ seats, 0 waiting");
    JsonNode sum = JSON.readTree(both.text());
    assertThat(sum.path("total").path("requests").asDouble()).isEqualTo(2.0 * (FLOOD + 1));
    assertThat(sum.path("rows")).hasSize(1);
    assertThat(sum.path("rows").get(0).path("requests").path("value").asDouble())
        .isEqualTo(2.0 * FLOOD);
  }

  @Test
  void theCommandSaysThatNobodyIsThere() {
    assertThatThrownBy(() -> command("--admin=http://127.0.0.1:1"))
        .isInstanceOf(StartException.class)
        .hasMessage("--admin: http://127.0.0.1:1 does not answer, expected a proxy");
  }
}
