package io.apfproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandTest {
  @TempDir Path directory;

  private static ProxyOptions serve(Map<String, String> environment, String... arguments)
      throws UsageException {
    return ((Command.Serve) Command.parse(List.of(arguments), environment)).options();
  }

  private static String help(String... arguments) throws UsageException {
    return ((Command.Help) Command.parse(List.of(arguments), Map.of())).text();
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("apf.yaml"), yaml);
  }

  @Test
  void servesWithKubeApiserversDefaultsWhenNothingIsSaid() throws UsageException {
    ProxyOptions options = serve(Map.of());

    assertThat(options.listener().bindAddress()).isEqualTo("0.0.0.0");
    assertThat(options.listener().securePort()).isEqualTo(6443);
    assertThat(options.admin()).isEqualTo(new ProxyOptions.Admin("127.0.0.1", 8443, false));
    assertThat(options.flowControl())
        .isEqualTo(
            new ProxyOptions.FlowControlling(
                List.of(new ProxyOptions.Source(ProxyOptions.SourceKind.BUILTIN, null)),
                false,
                true,
                400,
                200,
                false,
                ProxyOptions.ListCost.COMPATIBLE,
                false));
    assertThat(options.flowControl().serverLimit()).isEqualTo(600);
    assertThat(options.upstream().requestTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.upstream().identity()).containsExactly("auto");
    assertThat(options.authentication().anonymous()).isTrue();
    assertThat(serve(Map.of(), "serve")).isEqualTo(options);
  }

  @Test
  void keepsTheOrderOfTheSources() throws UsageException {
    assertThat(
            serve(Map.of(), "--flowcontrol-source=native,files:/etc/a", "--flowcontrol-source=crd")
                .flowControl()
                .sources())
        .containsExactly(
            new ProxyOptions.Source(ProxyOptions.SourceKind.NATIVE, null),
            new ProxyOptions.Source(ProxyOptions.SourceKind.FILES, Path.of("/etc/a")),
            new ProxyOptions.Source(ProxyOptions.SourceKind.CRD, null));
  }

  @ParameterizedTest(name = "flag {0}, variable {1}, file {2}: {3}")
  @CsvSource({
    "    ,     ,     , 6443",
    "    ,     , 3333, 3333",
    "    , 2222,     , 2222",
    "    , 2222, 3333, 2222",
    "1111,     , 3333, 1111",
    "1111, 2222, 3333, 1111",
  })
  void takesTheFlagThenTheVariableThenTheFile(
      String flag, String variable, String inFile, int expected) throws Exception {
    Path config = file(inFile == null ? "" : "secure-port: " + inFile + "\n");
    Map<String, String> environment =
        variable == null ? Map.of() : Map.of("APF_SECURE_PORT", variable);
    Stream<String> arguments =
        Stream.concat(
            Stream.of("--config", config.toString()),
            flag == null ? Stream.empty() : Stream.of("--secure-port=" + flag));

    ProxyOptions options = serve(environment, arguments.toArray(String[]::new));

    assertThat(options.listener().securePort()).isEqualTo(expected);
  }

  @Test
  void takesTheNameOfTheFileFromTheEnvironmentToo() throws Exception {
    Path config = file("max-requests-inflight: 7\n");

    ProxyOptions options = serve(Map.of("APF_CONFIG", config.toString()));

    assertThat(options.flowControl().maxInFlight()).isEqualTo(7);
  }

  @Test
  void readsListsBooleansAndDurationsFromTheFile() throws Exception {
    Path config =
        file(
            """
            # front proxies before us
            requestheader-client-ca-file: ca.crt
            requestheader-username-headers: [X-Remote-User, X-User]
            requestheader-allowed-names: one, two
            anonymous-auth: false
            request-timeout: 1m30s
            upstream-identity: request-header,pass-through
            proxy-client-cert-file: fp.crt
            proxy-client-key-file: fp.key
            """);

    ProxyOptions options = serve(Map.of(), "--config=" + config);

    assertThat(options.authentication().frontProxy())
        .isEqualTo(
            new ProxyOptions.FrontProxy(
                Path.of("ca.crt"),
                List.of("one", "two"),
                List.of("X-Remote-User", "X-User"),
                List.of(),
                List.of(),
                List.of()));
    assertThat(options.authentication().anonymous()).isFalse();
    assertThat(options.upstream().requestTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(options.upstream().identity()).containsExactly("request-header", "pass-through");
  }

  @Test
  void letsTheLastOfRepeatedFlagsWinAndJoinsLists() throws UsageException {
    ProxyOptions options =
        serve(
            Map.of(),
            "--secure-port=1",
            "--secure-port",
            "2",
            "--expose-flow-headers",
            "--requestheader-client-ca-file=ca",
            "--requestheader-username-headers=a,b",
            "--requestheader-username-headers=c");

    assertThat(options.listener().securePort()).isEqualTo(2);
    assertThat(options.flowControl().exposeHeaders()).isTrue();
    assertThat(options.authentication().frontProxy())
        .extracting(ProxyOptions.FrontProxy::userHeaders)
        .isEqualTo(List.of("a", "b", "c"));
  }

  @Test
  void readsLogLevelsAsKubernetesWritesThem() throws UsageException {
    assertThat(serve(Map.of(), "-v=4").logLevel()).isEqualTo(4);
    assertThat(serve(Map.of(), "-v", "6").logLevel()).isEqualTo(6);
    assertThat(serve(Map.of(), "--v=2").logLevel()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.02, 0.02", ".001, 0.001", "0.0, 0"})
  void readsAChance(String value, double chance) throws UsageException {
    assertThat(serve(Map.of(), "--goaway-chance=" + value).listener().goAwayChance())
        .isEqualTo(chance);
  }

  @Test
  void ignoresVariablesThatNameNoFlag() throws UsageException {
    // a Service named apf-proxy gives every pod of its namespace such variables
    assertThat(serve(Map.of("APF_PROXY_SERVICE_PORT", "6443", "APF_PROXY_PORT", "tcp://1:2")))
        .isEqualTo(serve(Map.of()));
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        bad("unknown flag --secure-prt, the nearest known is --secure-port", "--secure-prt=1"),
        bad("unknown flag --kubconfig, the nearest known is --kubeconfig", "--kubconfig", "x"),
        bad(
            "unknown command \"chek\", expected one of serve, kubeconfig, check, diff, explain,"
                + " version",
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
        bad("check: found no file, expected FILE...", "check"),
        bad("diff: found 1 files, expected OLD NEW", "diff", "a"),
        bad("--seats: found \"0\", expected a whole number from 1", "diff", "a", "b", "--seats=0"),
        bad("explain: found 1 arguments, expected METHOD URL, such as GET /api", "explain", "GET"),
        bad(
            "unknown argument \"extra\", expected flags, or a command before them: serve,"
                + " kubeconfig, check, diff, explain, version",
            "serve",
            "extra"),
        bad("--kubeconfig: found no value, expected a file", "--kubeconfig"),
        bad(
            "--secure-port: found \"70000\", expected a port, 0 to 65535; 0 picks a free one",
            "--secure-port=70000"),
        bad(
            "--max-requests-inflight: found \"-1\", expected a whole number, 0 or more",
            "--max-requests-inflight=-1"),
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
        bad("--context: found a context without --kubeconfig, expected both", "--context=x"),
        bad(
            "--max-requests-inflight: found 0 seats with --max-mutating-requests-inflight, expected"
                + " 1 to 2147483647",
            "--max-requests-inflight=0",
            "--max-mutating-requests-inflight=0"),
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

  private static Arguments bad(String message, String... arguments) {
    return Arguments.of(message, List.of(arguments));
  }

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

  @Test
  void readsTheKubeconfigCommand() throws UsageException {
    Command command =
        Command.parse(
            List.of("kubeconfig", "--server=https://localhost:6443", "--certificate-authority=ca"),
            Map.of("APF_KUBECONFIG", "in"));

    assertThat(command)
        .isEqualTo(
            new Command.Kubeconfig(
                new KubeconfigOptions(
                    Path.of("in"), URI.create("https://localhost:6443"), Path.of("ca"))));
  }

  @Test
  void readsTheVersionCommand() throws UsageException {
    assertThat(Command.parse(List.of("version"), Map.of())).isEqualTo(new Command.Version());
  }

  @ParameterizedTest
  @EnumSource(Flag.class)
  void helpNamesEveryFlagOnceWithItsDefault(Flag flag) throws UsageException {
    assertThat(help("--help").lines())
        .filteredOn(line -> line.matches("  (-v, )?" + flag.flag() + "( .*|$)"))
        .hasSize(1);
    assertThat(help("--help").replaceAll("\\s+", " "))
        .contains(flag.help())
        .contains(flag.defaultText().isEmpty() ? "" : "[" + flag.defaultText() + "]");
  }

  @Test
  void helpFitsATerminal() throws UsageException {
    assertThat(help("serve", "-h").lines()).allMatch(line -> line.length() <= 80);
    assertThat(help("kubeconfig", "-h").lines()).allMatch(line -> line.length() <= 80);
  }
}
