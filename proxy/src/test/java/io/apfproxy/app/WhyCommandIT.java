package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.command.Output;
import io.apfproxy.command.WhyCommand;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An elephant takes the seat that a mouse asks for, and the proxy remembers it. */
@Tag("V-22")
@Tag("V-28")
@Tag("V-29")
class WhyCommandIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String REFUSALS = "/debug/apf-proxy/refusals";
  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final String FOUR_PLACES =
      "{type: Queue, queuing: {queues: 2, handSize: 2, queueLengthLimit: 2}}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private volatile boolean enough;

  @Override
  List<String> users() {
    return List.of("elephant", "mouse");
  }

  private void startNarrow(String... more) throws Exception {
    String levels = Narrow.level(directory, "narrow", 1, FOUR_PLACES, users());
    start(
        Stream.of(Stream.of(levels), Narrow.SEATS.stream(), Stream.of(more))
            .flatMap(flags -> flags)
            .toArray(String[]::new));
  }

  /** One request after another. */
  private void followOn(HttpClient client) {
    var unused =
        client
            .sendAsync(as("elephant", SLOW), BodyHandlers.discarding())
            .whenComplete(
                (answer, cause) -> {
                  if (!enough && cause == null) {
                    followOn(client);
                  }
                });
  }

  private JsonNode refusals(String query) throws Exception {
    HttpResponse<String> answer = admin(REFUSALS + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private Output why(String... arguments) throws Exception {
    List<String> line =
        Stream.concat(
                Stream.of("why", "--admin=http://127.0.0.1:" + proxy.adminPort()),
                Stream.of(arguments))
            .toList();
    return WhyCommand.run(((Command.Why) Command.parse(line, Map.of())).options());
  }

  /** The mouse asks until it is refused, and the elephant is known to hold most. */
  private HttpResponse<String> refusedMouse(HttpClient client) {
    HttpRequest mouse =
        HttpRequest.newBuilder(as("mouse", SLOW + "?pretty=1&secret=2"), (name, value) -> true)
            .header("Accept", "application/json")
            .header("User-Agent", "mouse/1")
            .build();
    return await().atMost(LONG).until(() -> refused(client, mouse), Objects::nonNull);
  }

  private @Nullable HttpResponse<String> refused(HttpClient client, HttpRequest mouse)
      throws Exception {
    HttpResponse<String> answer = client.send(mouse, BodyHandlers.ofString());
    JsonNode heaviest = refusals("?user=mouse&limit=1").at("/rows/0/heaviestFlow");
    return answer.statusCode() == 429
            && heaviest.path("seats").asDouble() >= 0.5
            && !heaviest.path("own").asBoolean()
        ? answer
        : null;
  }

  @Test
  void aRefusalIsRememberedWithTheElephantThatLedToIt() throws Exception {
    startNarrow("--expose-flow-headers");
    upstream.script().on("get", SLOW).delay(Duration.ofMillis(100)).play();
    HttpClient elephant = client();
    for (int i = 0; i < 5; i++) { // one executes, four wait
      followOn(elephant);
    }

    HttpResponse<String> refused = refusedMouse(client());
    enough = true;

    String id = refused.headers().firstValue("Audit-Id").orElseThrow();
    assertThat(refused.body())
        .contains("{\"reason\":\"HeaviestFlow\",\"message\":\"no\"}")
        .doesNotContain("elephant");
    JsonNode page = refusals("?audit-id=" + id);
    assertThat(page.path("version").asInt()).isEqualTo(1);
    assertThat(page.path("capacity").asInt()).isEqualTo(4096);
    assertThat(page.path("remembered").asInt()).isBetween(1, page.path("total").asInt());
    assertThat(page.path("rows")).hasSize(1);
    JsonNode row = page.path("rows").get(0);
    assertThat(row.path("rule").asText()).isEqualTo("queue-full");
    assertThat(row.path("code").asInt()).isEqualTo(429);
    assertThat(row.path("request").asText()).isEqualTo("GET " + SLOW + "?pretty=1&…=…");
    assertThat(row.path("agent").asText()).isEqualTo("mouse/1");
    assertThat(row.path("heaviestFlow").path("own").asBoolean()).isFalse();
    assertThat(refusals("?rule=time-out").path("rows")).isEmpty();

    Output one = why(id);
    assertThat(one.exitCode()).isZero();
    assertThat(one.text().lines().map(line -> line.replaceAll("\\d+\\.\\d+", "N")))
        .contains(
            "user     mouse",
            "agent    mouse/1",
            "address  127.0.0.1".replaceAll("\\d+\\.\\d+", "N"),
            "audit id " + id,
            "schema   narrow",
            "level    narrow",
            "flow     narrow / mouse",
            "width    1 seat",
            "in use   1 of 1",
            "heaviest narrow / elephant, N seats of late",
            "next     an operator can give narrow / elephant a level of its own")
        .anyMatch(line -> line.matches("queue    [01], 2 of 2 places taken"));
    assertThat(why("--user=mouse", "--limit=1").text()).contains("level    narrow\n");
  }

  @Test
  void whatIsNotRememberedIsSaidToBeSo() throws Exception {
    startNarrow();

    Output none = why("some-id");
    HttpRequest nobody =
        HttpRequest.newBuilder(LocalProxy.url(proxy, NAMESPACES))
            .header("Authorization", "Bearer nobody")
            .build();
    HttpResponse<String> refused = client().send(nobody, BodyHandlers.ofString());

    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.text()).isEqualTo("no refusal of some-id is remembered; 0 of 0 are\n");
    assertThat(why("--user=bob").text())
        .startsWith("no refusal of bob is remembered; 1 of 1 are, since 2");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(why(refused.headers().firstValue("Audit-Id").orElseThrow()).text())
        .contains("401 ")
        .doesNotContain("user ", "level ", "next ");
    assertThat(LocalProxy.metric(proxy, "apf_proxy_refusals_remembered")).isEqualTo(1);
    assertThat(admin(REFUSALS + "?limit=0").statusCode()).isEqualTo(400);
  }
}
