package io.apfproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is said in one line: where it stands, what was found, what was expected. */
@Tag("S71")
class WrongUsageTest {
  @TempDir Path directory;

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("apf.yaml"), yaml);
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        bad(
            "unknown command \"chek\", expected one of serve, kubeconfig, check, diff, explain,"
                + " top, why, adopt, simulate, replay, suggest, version",
            "chek"),
        bad(
            "--admin: found \"localhost\", expected a URL such as http://127.0.0.1:8443",
            "explain",
            "GET",
            "/",
            "--admin=localhost"),
        bad(
            "--admin: found with --config or --seats, expected one of them",
            "explain",
            "GET",
            "/",
            "--admin=http://a",
            "--config=b"),
        bad("adopt: found \"small\", expected flags only", "adopt", "small"),
        bad("--output: found \"yaml\", expected one of table, json", "adopt", "--output=yaml"),
        bad("why: found 0 arguments, expected AUDIT-ID, or --user NAME", "why"),
        bad("why: found 2 arguments, expected AUDIT-ID, or --user NAME", "why", "a", "b"),
        bad(
            "why: found 1 argument with --user, expected AUDIT-ID, or --user NAME",
            "why",
            "a",
            "--user=b"),
        bad(
            "--limit: found \"some\", expected a whole number from 1 to 1000",
            "why",
            "a",
            "--limit=some"),
        bad("check: found no file, expected FILE...", "check"),
        bad("diff: found 1 files, expected OLD NEW", "diff", "a"),
        bad("--seats: found \"0\", expected a whole number from 1", "diff", "a", "b", "--seats=0"),
        bad("explain: found 1 arguments, expected METHOD URL, such as GET /api", "explain", "GET"),
        bad(
            "--output: found \"table\", expected one of text, json",
            "explain",
            "--output=table",
            "GET",
            "/api"),
        bad(
            "METHOD: found \"list\", expected an HTTP method in capitals, such as GET",
            "explain",
            "list",
            "/api/v1/pods"),
        bad(
            "unknown argument \"extra\", expected flags, or a command before them: serve,"
                + " kubeconfig, check, diff, explain, top, why, adopt, simulate, replay, suggest, version",
            "serve",
            "extra"),
        bad(
            "--client-key: found without --break-glass, expected both",
            "kubeconfig",
            "--kubeconfig=in",
            "--server=https://a",
            "--client-key=key"),
        bad(
            "--client-certificate: not given, expected the PEM certificate of an administrator",
            "kubeconfig",
            "--kubeconfig=in",
            "--server=https://a",
            "--break-glass"),
        bad("version: found \"-x\", expected nothing", "version", "-x"),
        bad(
            "--server: not given, expected the proxy's URL, such as https://localhost:6443",
            "kubeconfig",
            "--kubeconfig=x"),
        bad(
            "--kubeconfig: not given, expected the kubeconfig to start from",
            "kubeconfig",
            "--server=https://x"),
        bad(
            "--server: found \"http://x\", expected a URL such as https://localhost:6443",
            "kubeconfig",
            "--kubeconfig=x",
            "--server=http://x"));
  }

  static Arguments bad(String message, String... arguments) {
    return Arguments.of(message, List.of(arguments));
  }

  @Tag("S71")
  @ParameterizedTest(name = "{1}")
  @MethodSource("badInput")
  void refusesWrongUsageInOneLineWithCode2(String message, List<String> arguments) {
    expectRefused(message, arguments);
  }

  static void expectRefused(String message, List<String> arguments) {
    UsageException refusal =
        catchThrowableOfType(UsageException.class, () -> Command.parse(arguments, Map.of()));

    assertThat(refusal).hasMessage(message).returns(2, UsageException::exitCode);
    assertThat(message.lines()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "secure-prot: 1|: unknown key \"secure-prot\", the nearest known is \"secure-port\"",
        "config: x.yaml|: unknown key \"config\", the nearest known is \"kubeconfig\"",
        "secure-port: abc|: secure-port: found \"abc\", expected a port, 0 to 65535; 0 picks a free"
            + " one",
        "secure-port: [1, 2]|: secure-port: found array, expected a port, 0 to 65535; 0 picks a"
            + " free one",
        "tls-cert-file:|: tls-cert-file: found null, expected a file",
        "- a|: found no mapping, expected keys such as secure-port: 6443",
      })
  void refusesBadFilesNamingFileAndKey(String yaml, String message) throws IOException {
    Path config = file(yaml);

    UsageException refusal =
        catchThrowableOfType(
            UsageException.class,
            () -> Command.parse(List.of("--config", config.toString()), Map.of()));

    assertThat(refusal).hasMessage(config + message).returns(2, UsageException::exitCode);
  }

  @Test
  void refusesAFileThatIsNoYamlNamingTheLine() throws IOException {
    Path config = file("secure-port: 1\nsecure-port: 2\n");

    UsageException refusal =
        catchThrowableOfType(
            UsageException.class,
            () -> Command.parse(List.of("--config", config.toString()), Map.of()));

    assertThat(refusal.getMessage())
        .startsWith(config + ", line 2: ")
        .containsIgnoringCase("duplicate")
        .doesNotContain("\n");
  }

  @Test
  void namesTheVariableThatWasWrong() {
    UsageException refusal =
        catchThrowableOfType(
            UsageException.class, () -> Command.parse(List.of(), Map.of("APF_ADMIN_PORT", "x")));

    assertThat(refusal)
        .hasMessage("APF_ADMIN_PORT: found \"x\", expected a port, 0 to 65535; 0 picks a free one");
  }

  @Test
  void failsWithCode1WhenTheFileCannotBeRead() {
    Path missing = directory.resolve("missing.yaml");

    UsageException refusal =
        catchThrowableOfType(
            UsageException.class, () -> Command.parse(List.of("--config=" + missing), Map.of()));

    assertThat(refusal)
        .hasMessage("--config: cannot read " + missing + " (no such file), expected a YAML file")
        .returns(1, UsageException::exitCode);
  }
}
