package io.apfproxy.replay.suggest;

import static io.apfproxy.replay.audit.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.command.CheckCommand;
import io.apfproxy.command.Output;
import io.apfproxy.command.ReplayCommand;
import io.apfproxy.command.SuggestCommand;
import io.apfproxy.config.SourceObject;
import io.apfproxy.replay.audit.Events;
import io.apfproxy.source.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is proposed for a log, from the command line to the manifests. */
@Tag("V-59")
class SuggestTest {
  private static final String PODS = "/api/v1/pods";
  private static final String MOUSE = "/api/v1/namespaces/%s/configmaps/c";
  private static final int SECONDS = 100;

  @TempDir Path folder;
  private final List<Events> events = new ArrayList<>();

  /** Many small ones, two a second of each of ten users. */
  private void mice() {
    for (int i = 0; i < 20 * SECONDS; i++) {
      String user = "mouse-" + i % 10;
      events.add(
          event("mouse" + i)
              .asks("get", MOUSE.formatted(user))
              .by(user, "system:authenticated")
              .at(i / 20.0)
              .took(0.02));
    }
  }

  /** Lists of all pods, more than the level can serve. */
  private void elephant(String user) {
    for (int i = 0; i < 20 * SECONDS; i++) {
      events.add(
          event(user + i)
              .asks("list", PODS)
              .by(user, "system:authenticated")
              .at(i / 20.0 + 0.001)
              .took(2));
    }
  }

  private Output suggest(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("suggest", log(), "--seats=60"));
    arguments.addAll(List.of(flags));
    return SuggestCommand.run(((Command.Suggest) Command.parse(arguments, Map.of())).options());
  }

  private String log() throws IOException {
    StringBuilder text = new StringBuilder();
    events.forEach(text::append);
    return Files.writeString(folder.resolve("audit.log"), text).toString();
  }

  @Test
  void proposesALevelForWhoCrowdsOthersOut() throws Exception {
    mice();
    elephant("system:serviceaccount:etl:lister");
    Output output = suggest();
    assertThat(output.exitCode()).isZero();
    assertThat(output.text())
        .contains(
            "# system:serviceaccount:etl:lister (list pods) held ",
            "# The elephant itself: refused 6 before, 1755 after.",
            "name: suggested-etl-lister-list-pods",
            "{kind: ServiceAccount, serviceAccount: {namespace: \"etl\", name: \"lister\"}}",
            "- verbs: [\"list\"]\n      apiGroups: [\"\"]\n      resources: [\"pods\"]\n      clusterScope: true\n")
        .doesNotContain("mouse", "namespaces:");
    // just before global-default, which matches now
    assertThat(output.text()).contains("matchingPrecedence: 9899");
  }

  @Test
  void whatItPrintsIsValidAndIsWhatWasTried() throws Exception {
    mice();
    elephant("evil\\\"\\n# {name}: \u202e*"); // as JSON has a quote and a new line
    Output output = suggest();
    Path file = Files.writeString(folder.resolve("new.yaml"), output.text());
    Output check = CheckCommand.run(List.of(file));
    assertThat(check.exitCode()).as(check.text()).isZero();
    Manifest manifest = Manifest.parse("new.yaml", output.text());
    assertThat(manifest.objects()).hasSize(2);
    assertThat(manifest.objects().stream().map(SourceObject::place).toList())
        .doesNotHaveDuplicates();
    assertThat(output.text().lines()).allSatisfy(line -> assertThat(line).doesNotContain("\u202e"));
  }

  @Test
  void whatHelpsInTheProposalHelpsInAReplay() throws Exception {
    mice();
    elephant("bulk");
    Path file = Files.writeString(folder.resolve("new.yaml"), suggest().text());
    List<String> arguments =
        List.of(
            "replay",
            log(),
            "--seats=60",
            "--against=builtin",
            "--config=" + file,
            "--output=json",
            "--limit=1000");
    Output replay =
        ReplayCommand.run(((Command.Replay) Command.parse(arguments, Map.of())).options());
    JsonNode report = new ObjectMapper().readTree(replay.text());
    JsonNode suggestion =
        new ObjectMapper().readTree(suggest("--output=json").text()).get("suggestions").get(0);
    JsonNode level = null;
    for (JsonNode row : report.at("/new/levels")) {
      level = row.get("name").asText().equals("global-default") ? row : level;
    }
    assertThat(level).as(replay.text().substring(0, 2_000)).isNotNull();
    assertThat(suggestion.get("othersWaitP99After").asDouble())
        .isLessThanOrEqualTo(0.8 * suggestion.get("othersWaitP99Before").asDouble());
    assertThat(level.findValue("waitP99").asDouble())
        .isEqualTo(suggestion.get("othersWaitP99After").asDouble());
  }

  @Test
  void proposesNothingWhereNobodyWaits() throws Exception {
    mice();
    assertThat(suggest().text()).isEqualTo("# no change found; tried: 0\n");
    assertThat(suggest().exitCode()).isZero();
  }

  @Test
  void proposesNothingWhereOnlyTheElephantItselfWaits() throws Exception {
    elephant("bulk");
    assertThat(suggest().text()).contains("# no change found; tried: 0\n");
  }

  @Test
  void saysTheSameEachTime() throws Exception {
    mice();
    elephant("bulk");
    elephant("bulk-2");
    assertThat(suggest().text()).isEqualTo(suggest().text()).contains("name: suggested-");
  }

  @Test
  void fallsBackToNoNumberThatIsTaken() throws Exception {
    mice();
    elephant("bulk");
    Path present =
        Files.writeString(
            folder.resolve("present.yaml"),
            """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: taken}
            spec:
              priorityLevelConfiguration: {name: workload-high}
              matchingPrecedence: 9899
              rules:
              - subjects: [{kind: User, user: {name: nobody}}]
                resourceRules:
                - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
            """);
    assertThat(suggest("--config=" + present).text())
        .contains(
            "matchingPrecedence: 9898",
            "# No precedence was free just before global-default: it comes before taken too.");
  }
}
