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
        bad("unknown flag --secure-prt, the nearest known is --secure-port", "--secure-prt=1"),
        bad("unknown flag --kubconfig, the nearest known is --kubeconfig", "--kubconfig", "x"),
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
        bad("--top-metrics: found \"21\", expected a whole number, 0 to 20", "--top-metrics=21"),
        bad(
            "--top-metrics: found with --top-counters=0, which lets nobody be counted; expected"
                + " one of the two",
            "--top-metrics=1",
            "--top-counters=0"),
        bad(
            "--record-max-size: found \"1023KiB\", expected a size from 1MiB to 2047MiB",
            "--record-max-size=1023KiB"),
        bad(
            "--record-max-files: found \"0\", expected a whole number, 1 to 1000",
            "--record-max-files=0"),
        bad("--record-names: found \"none\", expected plain or hashed", "--record-names=none"),
        bad(
            "--record-names: found hashed without --record-names-key-file, expected both",
            "--record-names=hashed"),
        bad(
            "--record-names-key-file: found a key without --record-names=hashed, expected both",
            "--record-names-key-file=key"),
        bad(
            "--record: found \"/no/such/folder\", expected a directory that is there and may be"
                + " written to",
            "--record=/no/such/folder"),
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
        bad("--kubeconfig: found no value, expected a file", "--kubeconfig"),
        bad(
            "--secure-port: found \"70000\", expected a port, 0 to 65535; 0 picks a free one",
            "--secure-port=70000"),
        bad(
            "--max-requests-inflight: found \"-1\", expected a whole number, 0 or more",
            "--max-requests-inflight=-1"),
        bad(
            "--response-buffer: found \"4M\", expected a size such as 4MiB, 512KiB or 0",
            "--response-buffer=4M"),
        bad(
            "--response-buffer: found \"2GiB\", expected a size such as 4MiB, 512KiB or 0",
            "--response-buffer=2GiB"),
        bad("--anonymous-auth: found \"no\", expected true or false", "--anonymous-auth=no"),
        bad(
            "--request-timeout: found \"60\", expected a duration such as 30s or 1m30s",
            "--request-timeout=60"),
        bad(
            "--shutdown-grace: found \"-1s\", expected a duration such as 30s or 1m30s",
            "--shutdown-grace=-1s"),
        bad(
            "--goaway-chance: found \"0.021\", expected a number, 0 to 0.02",
            "--goaway-chance=0.021"),
        bad(
            "--goaway-chance: found \"-0.01\", expected a number, 0 to 0.02",
            "--goaway-chance=-0.01"),
        bad("--goaway-chance: found \".\", expected a number, 0 to 0.02", "--goaway-chance=."),
        bad(
            "--transport: found \"kqueue\", expected auto, io_uring, epoll or nio",
            "--transport=kqueue"),
        bad(
            "--bind-address: found \"localhost\", expected an IP address",
            "--bind-address=localhost"),
        bad(
            "--flowcontrol-source: found \"crds\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=crds"),
        bad(
            "--flowcontrol-source: found \"crd,crd\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=crd",
            "--flowcontrol-source=crd"),
        bad(
            "--flowcontrol-source: found \"files:\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=files:"),
        bad(
            "--flowcontrol-source: found with --enable-priority-and-fairness=false, which has no"
                + " schemas and levels; expected one of the two",
            "--flowcontrol-source=crd",
            "--enable-priority-and-fairness=false"),
        bad(
            "--upstream-identity: found \"auto,impersonation\", expected auto, or some of"
                + " pass-through, request-header, impersonation",
            "--upstream-identity=auto,impersonation"),
        bad(
            "--upstream-identity: found request-header without --proxy-client-cert-file, expected"
                + " both",
            "--upstream-identity=request-header"),
        bad(
            "--tls-cert-file: found without --tls-private-key-file, expected both",
            "--tls-cert-file=x"),
        bad(
            "--proxy-client-key-file: found without --proxy-client-cert-file, expected both",
            "--proxy-client-key-file=x"),
        bad(
            "--requestheader-uid-headers: found without --requestheader-client-ca-file, expected"
                + " both",
            "--requestheader-uid-headers=x"),
        bad(
            "--requestheader-client-ca-file: found without --requestheader-username-headers,"
                + " expected both, usually X-Remote-User",
            "--requestheader-client-ca-file=x"),
        bad(
            "--break-glass-port: found without --break-glass-client-ca-file, expected both",
            "--break-glass-port=7443",
            "--break-glass-groups=admins"),
        bad(
            "--break-glass-port: found without --break-glass-groups, expected both",
            "--break-glass-port=7443",
            "--break-glass-client-ca-file=ca"),
        bad(
            "--break-glass-groups: found without --break-glass-port, expected both",
            "--break-glass-groups=admins"),
        bad(
            "--break-glass-client-ca-file: found without --break-glass-port, expected both",
            "--break-glass-client-ca-file=ca"),
        bad(
            "--break-glass-groups: found \",\", expected values separated by commas",
            "--break-glass-port=7443",
            "--break-glass-client-ca-file=ca",
            "--break-glass-groups=,"),
        bad("--break-glass-seats: found \"0\", expected 1 or more", glass("--break-glass-seats=0")),
        bad(
            "--break-glass-port: found \"70000\", expected a port, 1 to 65535; 0 for none",
            glass("--break-glass-port=70000")),
        bad(
            "--break-glass-bind-address: found \"localhost\", expected an IP address",
            glass("--break-glass-bind-address=localhost")),
        bad(
            "--break-glass-port: found \"7443\", expected another port than that of --secure-port",
            glass("--secure-port=7443")),
        bad(
            "--break-glass-port: found \"7443\", expected another port than that of --admin-port",
            glass("--admin-port=7443")),
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
        bad("--context: found a context without --kubeconfig, expected both", "--context=x"),
        bad(
            "--max-requests-inflight: found 0 seats with --max-mutating-requests-inflight, expected"
                + " 1 to 2147483647",
            "--max-requests-inflight=0",
            "--max-mutating-requests-inflight=0"),
        bad(
            "--adaptive-seats: found with --enable-priority-and-fairness=false, whose two limits"
                + " never move; expected one of the two",
            "--adaptive-seats",
            "--enable-priority-and-fairness=false"),
        bad(
            "--burst-seats: found without --adaptive-seats, which tells whether upstream could do"
                + " more; expected both",
            "--burst-seats=10"),
        bad("--replicas: found 0, expected 1 to 64", "--replicas=0"),
        bad("--replicas: found 65, expected 1 to 64", "--replicas=65"),
        bad(
            "--enforcement: found \"off\", expected enforce, shadow, or 1% to 99% of users",
            "--enforcement=off"),
        bad(
            "--enforcement: found \"25%\" with --adaptive-seats, which would follow requests that"
                + " nobody holds back; expected enforce",
            "--enforcement=25%", "--adaptive-seats"),
        bad(
            "--enforcement: found \"shadow\" without priority and fairness, expected enforce",
            "--enforcement=shadow",
            "--enable-priority-and-fairness=false"),
        bad(
            "--min-seats: found 31, expected 1 to 30, which is --max-requests-inflight and"
                + " --max-mutating-requests-inflight together",
            "--min-seats=31",
            "--max-requests-inflight=20",
            "--max-mutating-requests-inflight=10"),
        bad(
            "--min-seats: found 0, expected 1 to 600, which is --max-requests-inflight and"
                + " --max-mutating-requests-inflight together",
            "--adaptive-seats",
            "--min-seats=0"),
        bad(
            "--warm-up: found \"61s\", expected a duration from 0s, for none, to 1m",
            "--warm-up=61s"),
        bad("--warm-up: found \"5\", expected a duration from 0s, for none, to 1m", "--warm-up=5"),
        bad(
            "--warm-up: found \"-1s\", expected a duration from 0s, for none, to 1m",
            "--warm-up=-1s"),
        bad(
            "--target-delay: found \"2s\", expected a duration from 1ms to 1s",
            "--target-delay=2s"),
        bad(
            "--target-delay: found \"999us\", expected a duration from 1ms to 1s",
            "--target-delay=999us"),
        bad(
            "--create-suggested-objects: found without crd in --flowcontrol-source, expected both:"
                + " objects that nobody follows would mislead",
            "--create-suggested-objects"),
        bad(
            "--expose-flow-headers: found with --enable-priority-and-fairness=false, which has no"
                + " levels to name; expected one of the two",
            "--expose-flow-headers",
            "--enable-priority-and-fairness=false"),
        bad(
            "--impersonation-service-account: found \"x\", expected a service account as"
                + " namespace/name",
            "--impersonation-service-account=x"),
        bad(
            "--impersonation-service-account: found with --upstream-identity=pass-through, which"
                + " never impersonates; expected one of the two",
            "--impersonation-service-account=a/b",
            "--upstream-identity=pass-through"),
        bad(
            "--max-connections: found \"many\", expected a whole number, 0 or more",
            "--max-connections=many"),
        bad(
            "--max-connections-per-address: found 11, expected no more than --max-connections,"
                + " which is 10",
            "--max-connections=10",
            "--max-connections-per-address=11"),
        bad(
            "--max-watches-per-user: found 101, expected no more than --max-watches, which is 100",
            "--max-watches-per-user=101",
            "--max-watches=100"),
        bad(
            "--unlimited-addresses: found \"10.0.0.0/33\", expected IP addresses or blocks such as"
                + " 192.0.2.0/24, separated by commas",
            "--unlimited-addresses=10.0.0.0/33"),
        bad(
            "--unlimited-addresses: found \"::1,balancer\", expected IP addresses or blocks such as"
                + " 192.0.2.0/24, separated by commas",
            "--unlimited-addresses=::1,balancer"),
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

  /** A complete break-glass listener, and then something else. */
  private static String[] glass(String more) {
    return new String[] {
      "--break-glass-port=7443",
      "--break-glass-bind-address=0.0.0.0",
      "--break-glass-client-ca-file=ca",
      "--break-glass-groups=admins",
      more
    };
  }

  private static Arguments bad(String message, String... arguments) {
    return Arguments.of(message, List.of(arguments));
  }

  @Tag("S71")
  @ParameterizedTest(name = "{1}")
  @MethodSource("badInput")
  void refusesWrongUsageInOneLineWithCode2(String message, List<String> arguments) {
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
