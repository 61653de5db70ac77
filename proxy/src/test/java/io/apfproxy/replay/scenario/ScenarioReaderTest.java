package io.apfproxy.replay.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand in a scenario, and what is said of the rest. */
@Tag("V-58")
class ScenarioReaderTest {
  private static final String VALID =
      """
      duration: 10s
      clients:
        - name: a
          user: u
          requests:
            - url: /api/v1/pods
              every: 1s
              exec: 1ms
      """;

  private static Scenario read(String text) throws StartException {
    return ScenarioReader.read("s.yaml", "s", text);
  }

  @Test
  void takesDefaultsForWhatIsNotSaid() throws StartException {
    Scenario scenario = read(VALID);
    assertThat(scenario.seats()).isEqualTo(600);
    assertThat(scenario.seed()).isEqualTo(1);
    assertThat(scenario.retries()).isZero();
    assertThat(scenario.clients().get(0).count()).isEqualTo(1);
    assertThat(scenario.clients().get(0).asks().get(0).until()).isEqualTo(10_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration: 10s|duration: soon|s.yaml:1: duration: found \"soon\", expected a duration such as 10s, above 0",
        "duration: 10s|seats: 3|s.yaml:1: duration: not given, expected a duration such as 10s",
        "user: u|users: u|s.yaml:4: clients[0].users: unknown field, expected one of name, count, user, groups, agent, requests",
        "every: 1s|rate: 0|s.yaml:7: clients[0].requests[0].rate: found 0, expected a number above 0, of requests a second",
        "every: 1s|from: 1s|s.yaml:6: clients[0].requests[0].every: found none, expected one of every, rate, loop",
        "every: 1s|{every: 1s, burst: 0|no YAML",
        "exec: 1ms|exec: {p50: 2ms, p99: 1ms}|s.yaml:8: clients[0].requests[0].exec.p99: found less than p50, expected no less",
        "/api/v1/pods|/api/v1/namespaces/a/pods/b/log|s.yaml:6: clients[0].requests[0].url: found what goes past flow control, expected what does not",
        "/api/v1/pods|api|clients[0].requests[0].url: found \"api\": ",
        "name: a|count: many|s.yaml:3: clients[0].count: found \"many\", expected a whole number from 1 to 1000000",
        "name: a|count: 1000001|expected a whole number from 1 to 1000000",
      })
  void namesFieldFoundAndExpected(String part, String instead, String expected) {
    assertThatThrownBy(() -> read(VALID.replace(part, instead)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void namesAllThatIsWrong() {
    assertThatThrownBy(() -> read(VALID.replace("10s", "0s").replace("1ms", "x")))
        .hasMessageMatching("(?s)s\\.yaml:1: duration: .*\ns\\.yaml:8: clients\\[0\\].*exec: .*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodes-65000", "list-storm", "leader-election"})
  void acceptsWhatIsShipped(String name) throws IOException, StartException {
    assertThat(shipped(name).clients()).isNotEmpty();
  }

  static Scenario shipped(String name) throws IOException, StartException {
    try (InputStream file =
        ScenarioReaderTest.class.getResourceAsStream("/scenarios/" + name + ".yaml")) {
      byte[] bytes = Objects.requireNonNull(file).readAllBytes();
      return ScenarioReader.read(name + ".yaml", name, new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
