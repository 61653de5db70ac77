package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.cli.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands {@code simulate} and {@code replay}, from the command line to the exit code. */
class SimulateCommandTest {
  private static final String SCENARIO =
      """
      duration: 1m
      seats: 12
      clients:
        - name: a
          count: 20
          user: user-{i}
          requests:
            - {url: /api/v1/namespaces/a/pods/b, every: 1s, exec: 400ms}
      """;
  private static final String LINE =
      """
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","auditID":"%d",\
      "verb":"get","requestURI":"/api/v1/namespaces/a/pods/b","user":{"username":"alice",\
      "groups":["system:authenticated"]},"responseStatus":{"code":200},\
      "requestReceivedTimestamp":"2026-11-28T10:00:%02d.000000Z",\
      "stageTimestamp":"2026-11-28T10:00:%02d.500000Z"}
      """;

  @TempDir Path folder;

  private Output simulate(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("simulate"));
    arguments.add(Files.writeString(folder.resolve("my.yaml"), SCENARIO).toString());
    arguments.addAll(List.of(flags));
    return SimulateCommand.run(((Command.Simulate) Command.parse(arguments, Map.of())).options());
  }

  private Output replay(String... flags) throws Exception {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      log.append(LINE.formatted(i, i / 2, i / 2));
    }
    List<String> arguments = new ArrayList<>(List.of("replay"));
    arguments.add(Files.writeString(folder.resolve("audit.log"), log).toString());
    arguments.addAll(List.of(flags));
    return ReplayCommand.run(((Command.Replay) Command.parse(arguments, Map.of())).options());
  }

  @Test
  @Tag("V-58")
  void printsWhatBecomesOfTheScenario() throws Exception {
    Output output = simulate();
    assertThat(output.exitCode()).isZero();
    assertThat(output.text())
        .startsWith("scenario my: 1m in virtual time, without the first 6s\nseats 12\nclients 20, ")
        .containsPattern("global-default +global-default +user-7 +54 ");
  }

  @Test
  @Tag("V-53")
  void endsWithOneBeyondABound() throws Exception {
    assertThat(simulate("--max-refused=100%", "--max-wait-p99=1h").exitCode()).isZero();
    Output output = simulate("--seats=3", "--max-refused=0%", "--max-wait-p99=1ms");
    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.text())
        .containsPattern(
            "\n--max-refused: global-default refuses [0-9.]+%, expected 0.0% at most\n")
        .contains("--max-wait-p99: a hundredth waits longer than ");
  }

  @Test
  @Tag("V-53")
  void comparesAndPrintsJson() throws Exception {
    Output output = simulate("--seats=3", "--against-seats=40", "--output=json");
    JsonNode json = new ObjectMapper().readTree(output.text());
    assertThat(json.path("old").path("seats").asInt()).isEqualTo(40);
    assertThat(json.path("new").path("seats").asInt()).isEqualTo(3);
    assertThat(json.path("moves").isEmpty()).isTrue();
  }

  @Test
  @Tag("V-55")
  void writesAPageToo() throws Exception {
    Path page = folder.resolve("report.html");
    assertThat(simulate("--html=" + page).text()).startsWith("scenario my");
    assertThat(Files.readString(page)).contains("<h1>scenario my</h1>");
    assertThatThrownBy(() -> simulate("--html=" + folder.resolve("none/report.html")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--html: cannot write ");
  }

  @Test
  @Tag("V-58")
  void saysWhichScenariosThereAre() throws Exception {
    Command.Simulate none = (Command.Simulate) Command.parse(List.of("simulate", "no"), Map.of());
    assertThatThrownBy(() -> SimulateCommand.run(none.options()))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "SCENARIO: cannot read no (no such file), expected a file, or one of nodes-65000,"
                + " list-storm, leader-election");
  }

  @Test
  @Tag("V-53")
  void replaysALog() throws Exception {
    Output output = replay("--warm-up=0s");
    assertThat(output.exitCode()).isZero();
    assertThat(output.text())
        .contains("audit.log: 24s in virtual time, without the first 0s\nseats 600\n")
        .contains("\nevents read 50, simulated 50\n")
        .containsPattern("global-default +50 +0.0% +0 +0 +0 +0 +1.0 +2 ");
    assertThat(replay("--seats=1", "--max-wait-p99=100ms").exitCode()).isEqualTo(1);
    assertThat(replay("--from=2026-11-28T10:00:10Z", "--until=2026-11-28T11:00:20+01:00").text())
        .contains("simulated 20, excluded: out of --from and --until 30\n");
  }

  @Test
  @Tag("V-49")
  void readsHowManyObjectsThereAre() throws Exception {
    Path page = folder.resolve("metrics");
    Files.writeString(page, "apiserver_resource_objects{group=\"\",resource=\"pods\"} 5\n");
    assertThat(replay("--objects=" + page).exitCode()).isZero();
    Files.writeString(page, "up 1\n");
    assertThatThrownBy(() -> replay("--objects=" + page))
        .hasMessage(
            "--objects: found no apiserver_resource_objects in "
                + page
                + ", expected a page of kube-apiserver's metrics");
  }

  @Test
  @Tag("V-53")
  void letsListsBeAsWideAsIsAskedFor() throws Exception {
    String list =
        LINE.formatted(1, 0, 0)
            .replace("\"get\"", "\"list\"")
            .replace("/pods/b", "/pods?limit=500")
            .replace(
                "}\n",
                ",\"annotations\":{\"apf-proxy.io/held\":\"1s\",\"apf-proxy.io/objects\":"
                    + "\"9000/1000\",\"apf-proxy.io/learned-bytes\":\"300000\"}}\n");
    String log = Files.writeString(folder.resolve("list.jsonl"), list).toString();
    assertThat(peakOf(log, "--warm-up=0s")).isEqualTo(3);
    assertThat(peakOf(log, "--warm-up=0s", "--list-cost=learned")).isEqualTo(3);
    assertThat(peakOf(log, "--warm-up=0s", "--list-cost=compatible")).isEqualTo(5);
    Command.Suggest suggest =
        (Command.Suggest)
            Command.parse(List.of("suggest", log, "--list-cost=compatible"), Map.of());
    assertThat(suggest.options().listCost()).isEqualTo(ProxyOptions.ListCost.COMPATIBLE);
  }

  private static int peakOf(String log, String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("replay", log, "--output=json"));
    arguments.addAll(List.of(flags));
    Output output =
        ReplayCommand.run(((Command.Replay) Command.parse(arguments, Map.of())).options());
    for (JsonNode level : new ObjectMapper().readTree(output.text()).at("/new/levels")) {
      if (level.path("name").asText().equals("global-default")) {
        return level.path("seatsPeak").asInt();
      }
    }
    throw new AssertionError(output.text());
  }

  @Test
  @Tag("V-57")
  void readsARecordingUnderHashedNames() throws Exception {
    Path key = Files.write(folder.resolve("names.key"), new byte[32]);
    assertThat(replay("--names-key=" + key).exitCode()).isZero();
    Files.write(key, new byte[31]);
    assertThatThrownBy(() -> replay("--names-key=" + key))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--names-key: cannot use "
                + key
                + " (it has fewer bytes than 32), expected the key of the recording");
    assertThat(Command.parse(List.of("suggest", "x", "--names-key=" + key), Map.of()))
        .isInstanceOf(Command.Suggest.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seats=0|--seats: found \"0\", expected a whole number from 1 to 999999999",
        "--max-refused=5|--max-refused: found \"5\", expected a part such as 0.5%",
        "--max-refused=101%|--max-refused: found \"101%\", expected a part such as 0.5%",
        "--max-wait-p99=soon|--max-wait-p99: found \"soon\", expected a duration such as 500ms",
        "--output=yaml|--output: found \"yaml\", expected one of text, json",
        "--request-timeout=0s|--request-timeout: found \"0s\", expected a duration such as 500ms",
        "--memory=lots|--memory: found \"lots\", expected a size such as 512MiB",
        "--from=now|--from: found \"now\", expected an instant such as 2006-01-02T15:04:05Z",
        "--list-cost=mine|--list-cost: found \"mine\", expected one of compatible, learned",
        "--view=mine|--view: found \"mine\", expected one of proxy, apiserver",
        "--retry=1|unknown flag --retry, the nearest known is --retries",
      })
  void namesFlagFoundAndExpected(String flag, String expected) {
    assertThatThrownBy(() -> Command.parse(List.of("replay", "x.log", flag), Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessage(expected);
  }

  @Test
  void needsSomethingToRun() {
    assertThatThrownBy(() -> Command.parse(List.of("replay"), Map.of()))
        .hasMessage("replay: found no log, expected LOG...");
    assertThatThrownBy(() -> Command.parse(List.of("simulate"), Map.of()))
        .hasMessage("simulate: found no file, expected SCENARIO...");
  }

  @Test
  void helpFitsATerminal() throws UsageException {
    for (String command : List.of("simulate", "replay")) {
      Command.Help help = (Command.Help) Command.parse(List.of(command, "--help"), Map.of());
      assertThat(help.text().lines()).allMatch(line -> line.length() <= 80).hasSizeGreaterThan(20);
    }
  }
}
