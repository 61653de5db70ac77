package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.command.ExplainCommand;
import io.apfproxy.command.Output;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The command that asks a running proxy. Specification seeing.md V-05, V-70. */
class ExplainCommandIT extends AppFixture {
  private static final String TARGET = "/api/v1/namespaces/default/configmaps?limit=5";

  private static final String HELD = "/api/v1/namespaces/default/configmaps/held";

  private Output explain(String... more) throws Exception {
    List<String> line = new ArrayList<>(List.of("explain", "--user=alice", "--group=a b"));
    line.add("--admin=http://127.0.0.1:" + proxy.adminPort());
    line.addAll(List.of(more));
    return ExplainCommand.run(((Command.Explain) Command.parse(line, Map.of())).options());
  }

  @Test
  void saysAsJsonWhatItSaysAsText() throws Exception {
    start("--max-requests-inflight=20", "--max-mutating-requests-inflight=4");

    Output text = explain("GET", TARGET);
    Output json = explain("--output=json", "GET", TARGET);

    JsonNode told = new ObjectMapper().readTree(json.text());
    assertThat(told.path("version").asInt()).isEqualTo(1);
    List<String> lines = new ArrayList<>();
    told.path("steps")
        .forEach(
            step ->
                lines.add(
                    String.format(
                        "%-8s %s", step.path("what").asText(), step.path("text").asText())));
    assertThat(lines).hasSizeGreaterThan(5).containsExactlyElementsOf(text.text().lines().toList());
    assertThat(lines)
        .contains(
            "user     alice, groups a b, system:authenticated",
            "request  list configmaps in namespace default");
    assertThat(told.path("steps").findValuesAsText("priorityLevel"))
        .containsExactly("global-default");
    assertThat(json.exitCode()).isZero();
  }

  @Test
  void saysHowManyAreExecutingNow() throws Exception {
    start("--max-requests-inflight=20", "--max-mutating-requests-inflight=4");
    assertThat(explain("GET", TARGET).text()).contains("; 0 requests executing, 0 waiting");
    upstream.script().on("get", HELD).delay(Duration.ofMinutes(10)).play();
    var unused = client().sendAsync(asAlice(HELD), BodyHandlers.discarding());
    await()
        .untilAsserted(
            () ->
                assertThat(explain("GET", TARGET).text())
                    .contains("; 1 request executing, 0 waiting"));
  }

  @Test
  void saysWhatTheProxySaysOfATargetThatIsNone() throws Exception {
    start();

    assertThatThrownBy(() -> explain("--output=json", "GET", "/a%zz"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("400");
  }
}
