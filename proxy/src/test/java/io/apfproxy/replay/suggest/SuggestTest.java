package io.apfproxy.replay.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.command.CheckCommand;
import io.apfproxy.command.Output;
import io.apfproxy.command.ReplayCommand;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is proposed for a log, from the command line to the manifests. */
@Tag("V-59")
class SuggestTest {
  @TempDir Path folder;
  private CrowdedLog log;

  @BeforeEach
  void prepare() {
    log = new CrowdedLog(folder);
  }

  private Output suggest(String... flags) throws Exception {
    return log.suggest(flags);
  }

  @Test
  void proposesALevelForWhoCrowdsOthersOut() throws Exception {
    log.mice();
    log.elephant("system:serviceaccount:etl:lister");
    Output output = suggest();
    assertThat(output.exitCode()).isZero();
    assertThat(output.text())
        .contains(
            "# system:serviceaccount:etl:lister (list pods) held ",
            "# The elephant itself: refused 6 before, 1755 after, were it to come as fast as before.\n",
            "name: suggested-etl-lister-list-pods",
            "{kind: ServiceAccount, serviceAccount: {namespace: \"etl\", name: \"lister\"}}",
            "- verbs: [\"list\"]\n      apiGroups: [\"\"]\n      resources: [\"pods\"]\n      clusterScope: true\n")
        .doesNotContain("mouse", "namespaces:");
    // just before global-default, which matches now
    assertThat(output.text()).contains("matchingPrecedence: 9899");
  }

  static List<String> names() {
    return HostileNames.ALL;
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("names")
  void whatItPrintsIsValidAndIsWhatWasTried(String name) throws Exception {
    Output output = log.mice().elephant(name).suggest();
    Path file = Files.writeString(folder.resolve("new.yaml"), output.text());
    Output check = CheckCommand.run(List.of(file));
    assertThat(check.exitCode()).as(check.text()).isZero();
    Manifest manifest = Manifest.parse("new.yaml", output.text());
    assertThat(manifest.objects()).hasSize(2);
    assertThat(manifest.objects().stream().map(SourceObject::place).toList())
        .doesNotHaveDuplicates();
    assertThat(output.text()).matches("[\\x20-\\x7e\\n]+");
    FlowSchema schema =
        manifest.objects().stream()
            .map(SourceObject::content)
            .filter(FlowSchema.class::isInstance)
            .map(FlowSchema.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(schema.spec().rules().get(0).subjects())
        .containsExactly(FlowSchema.Subject.user(name));
  }

  /** A schema that says so would be of others, or of a place that there is not. */
  @ParameterizedTest
  @CsvSource({
    "*, /api/v1/pods",
    "bulk, /api/v1/*",
    "bulk, /apis/*/v1/pods",
    "bulk, /api/v1/namespaces/*/pods",
    "bulk, /api/v1/namespaces/Bad_NS/pods",
  })
  void proposesNothingWhereNoSchemaCanMeanTheElephantAlone(String user, String target)
      throws Exception {
    assertThat(log.mice().elephant(user, target).suggest().text())
        .contains("# no change found; tried: 1\n");
  }

  @Test
  void proposesNothingForHalfACharacter() throws Exception {
    assertThat(log.mice().elephant("half \ud800").suggest().text())
        .contains("# no change found; tried: 1\n");
  }

  @Test
  void namesOnlyPlacesThatThereMayBe() throws Exception {
    String[] targets = new String[20];
    Arrays.fill(targets, "/api/v1/namespaces/good/pods");
    targets[7] = "/api/v1/namespaces/Bad_NS/pods";
    log.mice().elephant("bulk", targets);
    assertThat(suggest().text()).contains("namespaces: [\"good\"]\n").doesNotContain("Bad_NS");
  }

  @Test
  void whatHelpsInTheProposalHelpsInAReplay() throws Exception {
    log.mice();
    log.elephant("bulk");
    Path file = Files.writeString(folder.resolve("new.yaml"), suggest().text());
    List<String> arguments =
        List.of(
            "replay",
            log.write(),
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

  /**
   * Where each level has one seat, one that has lent it stands still until the first borrowing
   * period ends, whoever comes then: those waits are the start's, and no level of the elephant's
   * own would shorten them.
   */
  @Test
  void seesWhatHelpsBehindTheWaitsOfTheStart() throws Exception {
    log = new CrowdedLog(folder, 50);
    log.mice();
    log.elephant("bulk", 0.7, "/api/v1/pods");
    assertThat(suggest("--seats=12").text()).contains("name: suggested-bulk-list-pods");
    assertThat(suggest("--seats=12", "--warm-up=5s").text()).contains("# no change found; tried: ");
  }

  @Test
  void letsNoLevelLendItsOnlySeat() throws Exception {
    log.mice();
    log.elephant("bulk");
    assertThat(suggest("--seats=12").text())
        .contains("A level of its own, of 1 seat,", "lendablePercent: 0\n");
    assertThat(suggest("--seats=150").text())
        .doesNotContain("of 1 seat,")
        .contains("lendablePercent: 50\n");
  }

  @Test
  void proposesNothingWhereNobodyWaits() throws Exception {
    log.mice();
    assertThat(suggest().text())
        .startsWith(
            "# no change found; tried: 0\n"
                + "# With 60 seats (--seats) 0 of 1800 requests waited, and 0 were refused; none while")
        .contains("(--record)");
    assertThat(suggest().exitCode()).isZero();
  }

  @Test
  void proposesNothingWhereOnlyTheElephantItselfWaits() throws Exception {
    log.elephant("bulk");
    assertThat(suggest().text()).contains("# no change found; tried: 0\n");
  }

  /** Each has its level by then; one more would take from the others what it gives. */
  @Test
  void saysWhatWasTriedAndDoesNotHelp() throws Exception {
    log.mice();
    for (String name : List.of("bulk", "bulk-2", "bulk-3", "bulk-4")) {
      log.elephant(name);
    }
    assertThat(suggest().text())
        .containsPattern(
            "# left out: a level of its own for bulk(-\\d)? \\(list pods\\)\\. The others at"
                + " global-default: wait p99 [0-9.]+s before, [0-9.]+s after; refused \\d+ before, \\d+"
                + " after: too little\\.\n");
  }

  @Test
  void saysTheSameEachTime() throws Exception {
    log.mice();
    log.elephant("bulk");
    log.elephant("bulk-2");
    assertThat(suggest().text()).isEqualTo(suggest().text()).contains("name: suggested-");
  }

  @Test
  void fallsBackToNoNumberThatIsTaken() throws Exception {
    log.mice();
    log.elephant("bulk");
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
