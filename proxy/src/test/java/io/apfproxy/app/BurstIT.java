package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole proxy with a level that bursts. */
@Tag("L-62")
@Tag("L-67")
class BurstIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int SEATS = 12;
  private static final int BURST = 5;
  private static final int REQUESTS = 40;

  /** It has nearly all of the seats, and lends and borrows none. */
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: bursting}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 1000
          borrowingLimitPercent: 0
          burst: {seats: 5, seconds: 60}
          limitResponse: {type: Queue, queuing: {queues: 1, handSize: 1, queueLengthLimit: 100}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: bursting}
      spec:
        priorityLevelConfiguration: {name: bursting}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: alice}}]
          resourceRules:
          - {verbs: [get], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  @Test
  void aLevelThatWasIdleGetsSeatsBeyondItsLimitAndGivesThemBack() throws Exception {
    Path levels = Files.createDirectory(directory.resolve("levels"));
    Files.writeString(levels.resolve("bursting.yaml"), LEVEL);
    startAdaptive(SEATS, SEATS, "--flowcontrol-source=builtin,files:" + levels, "--burst-seats=20");
    await().atMost(LONG).until(proxy::isReady);
    await().atMost(LONG).until(() -> value("credit_seat_seconds") > 30);
    assertThat(value("seats_in_use")).isZero();

    upstream.script().on("get", SLOW).delay(Duration.ofSeconds(1)).play();
    await()
        .atMost(LONG)
        .until(
            () -> {
              List<CompletableFuture<HttpResponse<Void>>> flood = flood();
              await()
                  .atMost(LONG)
                  .until(
                      () ->
                          value("seats_in_use") == BURST
                              || flood.stream().allMatch(CompletableFuture::isDone));
              boolean burst = value("seats_in_use") == BURST;
              // upstream has no such object; nobody was refused here
              flood.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(404));
              return burst; // not where the proxy was just looking at upstream without load
            });

    await().atMost(LONG).until(() -> value("seats_in_use") == 0);
    assertThat(value("granted_total")).isGreaterThanOrEqualTo(BURST);
    assertThat(
            admin("/debug/api_priority_and_fairness/explain?method=GET&user=alice&url=" + SLOW)
                .body())
        .containsPattern(
            "burst    0 seats beyond its limit now, [0-9.]+ of at most 300.0 seat-seconds saved");
  }

  private List<CompletableFuture<HttpResponse<Void>>> flood() {
    HttpClient client = client();
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      answers.add(client.sendAsync(asAlice(SLOW), BodyHandlers.discarding()));
    }
    return answers;
  }

  private double value(String name) throws Exception {
    return LocalProxy.metric(proxy, "apf_proxy_burst_" + name + "{priority_level=\"bursting\"}");
  }
}
