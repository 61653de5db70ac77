package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.command.CheckCommand;
import io.apfproxy.command.DiffCommand;
import io.apfproxy.command.ExplainCommand;
import io.apfproxy.command.Output;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The words of {@code check}, {@code diff} and {@code explain}, on one good and three bad inputs.
 */
class ConfigurationCommandsIT {
  private static final Path MANIFESTS = Path.of("src", "test", "resources", "manifests");

  @ParameterizedTest
  @CsvSource({
    "check-valid.txt,   0, check @/valid-tenants.yaml",
    "check-warnings.txt, 0, check @/valid-careless.yaml",
    "check-dangling.txt, 0, check @/valid-dangling.yaml",
    "check-fields.txt,  1, check @/invalid-fields.yaml",
    "check-yaml.txt,    1, check @/invalid-yaml.yaml",
    "check-kind.txt,    1, check @/invalid-kind.yaml",
    "check-missing.txt, 1, check @/valid-tenants.yaml @/missing.yaml",
    "check-limits.txt,  0, check @/valid-limits.yaml",
    "check-limit-warnings.txt, 1, check @/valid-careless-limit.yaml",
    "check-limit-fields.txt, 1, check @/invalid-limit.yaml",
    "diff-limits.txt,   0, diff @/valid-limits.yaml @/changed-limits",
    "diff.txt,          0, diff @/valid-tenants.yaml @/changed",
    "check-burst.txt,   0, check @/valid-burst.yaml",
    "check-burst-fields.txt, 1, check @/invalid-burst.yaml",
    "diff-burst.txt,    0, diff @/valid-tenants.yaml @/valid-burst.yaml",
    "explain-burst.txt, 0, explain --user alice --group tenants --config @/valid-burst.yaml GET"
        + " /api/v1/namespaces/team/pods/a",
    "diff-enforcement.txt, 0, diff @/valid-tenants.yaml @/valid-shadow.yaml",
    "diff-added.txt,    0, diff @/valid-limits.yaml @/changed --seats 100",
    "diff-nothing.txt,  0, diff @/changed @/changed",
    "explain.txt,       0, explain --user alice --group tenants --config @/valid-tenants.yaml GET"
        + " /api/v1/pods?limit=500",
    "explain-flow.txt,  0, explain --user system:serviceaccount:team:builder --group tenants"
        + " --config @/changed DELETE /api/v1/namespaces/team/pods/a",
    "explain-limits.txt, 0, explain --user ci --group team:a --config @/valid-many-limits.yaml GET"
        + " /api/v1/pods?limit=500",
    "explain-humans.txt, 0, explain --user alice --config @/valid-many-limits.yaml GET"
        + " /api/v1/namespaces/team/pods/a",
    "explain-dangling.txt, 0, explain --user alice --group tenants --config @/valid-dangling.yaml"
        + " GET /api/v1/namespaces/team/pods/a",
    "explain-exempt.txt, 0, explain GET /healthz",
    "explain-exempt.json, 0, explain --output json GET /healthz",
    "explain-bypass.txt, 0, explain --user alice GET /api/v1/namespaces/team/pods/a/log"
  })
  void says(String expected, int exitCode, String line) throws Exception {
    Output output = run(line);

    assertThat(output.text().replace(MANIFESTS.toString(), "@"))
        .isEqualTo(Files.readString(MANIFESTS.resolve("expected").resolve(expected)));
    assertThat(output.exitCode()).isEqualTo(exitCode);
  }

  @Test
  void diffAndExplainRefuseWhatCheckRefuses() throws Exception {
    String errors = run("check @/invalid-kind.yaml").text().strip();

    for (String line :
        List.of(
            "diff @/valid-tenants.yaml @/invalid-kind.yaml",
            "explain --config @/invalid-kind.yaml GET /api")) {
      assertThatThrownBy(() -> run(line)).isInstanceOf(StartException.class).hasMessage(errors);
    }
  }

  /** L-34: whoever takes them over begins without a warning. */
  @Test
  void findsNothingToSayAgainstTheExamples() {
    Output output = CheckCommand.run(List.of(Path.of("..", "deploy", "examples")));

    assertThat(output)
        .isEqualTo(
            new Output("1 FlowSchema, 1 PriorityLevelConfiguration, 7 RateLimits: valid\n", 0));
  }

  /** L-12: each of them is valid, but not beside all others. */
  @Test
  void checkRefusesWhatIsOverABound(@TempDir Path folder) throws Exception {
    String limits = Files.readString(MANIFESTS.resolve("valid-limits.yaml"));
    String first = limits.substring(0, limits.indexOf("---"));
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 51; i++) {
      many.append(first.replace("tenant-lists", "l" + i)).append("---\n");
    }
    Path file = Files.writeString(folder.resolve("many.yaml"), many);

    Output output = CheckCommand.run(List.of(file));

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.text())
        .isEqualTo(
            file
                + ":118: metadata.name: at most 500000 keys (spec.key.max) of all RateLimits"
                + " together are kept\n");
    for (String line : List.of("diff @/changed " + file, "explain --config " + file + " GET /a")) {
      assertThatThrownBy(() -> run(line))
          .isInstanceOf(StartException.class)
          .hasMessage(output.text().strip());
    }
  }

  /** "Aa" and "BB" have the same hash code. */
  @Test
  void diffTellsRulesApartWhateverTheirHashes(@TempDir Path folder) throws Exception {
    String tenants = Files.readString(MANIFESTS.resolve("valid-tenants.yaml"));
    Path before = folder.resolve("before.yaml");
    Path after = folder.resolve("after.yaml");
    Files.writeString(before, tenants.replace("{name: tenants}}]", "{name: Aa}}]"));
    Files.writeString(after, tenants.replace("{name: tenants}}]", "{name: BB}}]"));

    assertThat(run("diff " + before + " " + after).text())
        .isEqualTo("schemas:\n  ~ tenants: rules changed\n");
  }

  /** The last of them is the first now. */
  @Test
  @Timeout(60)
  void diffNamesSomeOfTheManyThatOneSchemaIsAskedBefore(@TempDir Path folder) throws Exception {
    Path before = folder.resolve("before.yaml");
    Path after = folder.resolve("after.yaml");
    Files.writeString(before, schemas(4_000, i -> 5_000 + i));
    Files.writeString(after, schemas(4_000, i -> i == 3_999 ? 4_999 : 5_000 + i));

    String text = run("diff " + before + " " + after).text();

    assertThat(text)
        .isEqualTo(
            """
            schemas:
              ~ s3999: precedence 8999 -> 4999
            matching order:
              s3999 is now asked before s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 3989 more
            """);
  }

  private static String schemas(int number, IntUnaryOperator precedence) {
    return IntStream.range(0, number)
        .mapToObj(
            i ->
                """
                apiVersion: flowcontrol.apf-proxy.io/v1
                kind: FlowSchema
                metadata: {name: s%d}
                spec: {matchingPrecedence: %d, priorityLevelConfiguration: {name: catch-all}}
                """
                    .formatted(i, precedence.applyAsInt(i)))
        .collect(Collectors.joining("---\n"));
  }

  /** Whoever checks what another wrote reads it on his terminal. */
  @Test
  void checkEscapesWhatControlsATerminal(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.yaml");
    Files.writeString(
        file,
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: "\\e[2J\\nFlowSchema"
        metadata: {name: "a"}
        """);

    String text = run("check " + file).text();

    assertThat(text.strip()).contains("\\u001b[2J\\u000aFlowSchema").doesNotContain("\n");
  }

  @Test
  void explainsWhyATargetIsNoRequest() {
    assertThatThrownBy(() -> run("explain GET /a%zz"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("explain: /a%zz is answered 400: ");
  }

  private static Output run(String line) throws Exception {
    List<String> arguments =
        Arrays.stream(line.split(" "))
            .map(word -> word.replace("@", MANIFESTS.toString()))
            .collect(Collectors.toList());
    Command command = Command.parse(arguments, Map.of());
    if (command instanceof Command.Check check) {
      return CheckCommand.run(check.files());
    }
    return command instanceof Command.Diff diff
        ? DiffCommand.run(diff)
        : ExplainCommand.run(((Command.Explain) command).options());
  }
}
