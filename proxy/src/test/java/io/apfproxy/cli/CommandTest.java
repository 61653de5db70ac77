package io.apfproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Enforcement;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Arguments, variables and file together say what to do. */
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
  void readsATildeAsTheShellDoes() throws UsageException {
    assertThat(serve(Map.of("HOME", "/home/of/somebody")).listener().certDir())
        .isEqualTo(Path.of("/home/of/somebody/.apf-proxy"));
    assertThat(serve(Map.of()).listener().certDir())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".apf-proxy"));
  }

  @Test
  void recordsWhereAndHowItIsSaid() throws UsageException {
    Map<String, String> record = Map.of("APF_RECORD", directory.toString());
    assertThat(serve(record).admin().recording())
        .isEqualTo(new ProxyOptions.Recording(directory, 100 << 20, 10, null));
    assertThat(
            serve(
                    record,
                    "--record-max-size=1MiB",
                    "--record-max-files=1",
                    "--record-names=hashed",
                    "--record-names-key-file=key")
                .admin()
                .recording())
        .isEqualTo(new ProxyOptions.Recording(directory, 1 << 20, 1, Path.of("key")));
  }

  @Test
  void servesWithKubeApiserversDefaultsWhenNothingIsSaid() throws UsageException {
    ProxyOptions options = serve(Map.of());

    assertThat(options.listener().bindAddress()).isEqualTo("0.0.0.0");
    assertThat(options.listener().securePort()).isEqualTo(6443);
    assertThat(options.admin())
        .isEqualTo(new ProxyOptions.Admin("127.0.0.1", 8443, false, 256, 0, null, null, null));
    assertThat(options.flowControl())
        .isEqualTo(
            new ProxyOptions.FlowControlling(
                List.of(new ProxyOptions.Source(ProxyOptions.SourceKind.BUILTIN, null)),
                false,
                true,
                400,
                200,
                false,
                false,
                ProxyOptions.ListCost.COMPATIBLE,
                false,
                Enforcement.ENFORCE,
                1,
                new ProxyOptions.MovingSeats(false, 30, Duration.ofMillis(5), 0)));
    assertThat(options.flowControl().serverLimit()).isEqualTo(600);
    assertThat(options.upstream().requestTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.upstream().identity()).containsExactly("auto");
    assertThat(options.authentication().anonymous()).isTrue();
    assertThat(serve(Map.of(), "serve")).isEqualTo(options);
  }

  @Test
  void limitsWhatClientsCanHoldWhenNothingIsSaid() throws UsageException {
    ProxyOptions.Limits limits = serve(Map.of()).limits();
    assertThat(limits.connections()).isEqualTo(40_000);
    assertThat(limits.connectionsPerAddress()).isEqualTo(10_000);
    assertThat(limits.newConnectionsPerAddress()).isEqualTo(100);
    assertThat(limits.handshakes()).isEqualTo(1_000);
    assertThat(limits.unlimited()).hasToString("[127.0.0.0/8, ::1]");
    assertThat(limits.watchStartsPerUser()).isEqualTo(50);
    assertThat(limits.responseBuffer()).isEqualTo(4 << 20);
  }

  @ParameterizedTest
  @CsvSource({"10,,2", "3,,1", "10,7,7", "10,10,10", "10,0,0", "0,,0", "0,7,7"})
  void givesAnAddressAQuarterOfTheConnectionsOrWhatWasSaid(int all, String ofAddress, int expected)
      throws UsageException {
    Map<String, String> environment =
        ofAddress == null ? Map.of() : Map.of("APF_MAX_CONNECTIONS_PER_ADDRESS", ofAddress);
    assertThat(serve(environment, "--max-connections=" + all).limits().connectionsPerAddress())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "100,100", "512KiB,524288", "3MiB,3145728", "1GiB,1073741824"})
  void readsSizes(String said, int bytes) throws UsageException {
    assertThat(serve(Map.of(), "--response-buffer=" + said).limits().responseBuffer())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"2, , 2", "30, , 3", "600, , 30", "600, 1, 1", "600, 600, 600"})
  @Tag("L-44")
  void takesATwentiethForTheFewestSeatsButThreeOrWhatWasSaid(int all, String said, int expected)
      throws UsageException {
    Map<String, String> environment = said == null ? Map.of() : Map.of("APF_MIN_SEATS", said);
    assertThat(
            serve(
                    environment,
                    "--adaptive-seats",
                    "--max-requests-inflight=" + all,
                    "--max-mutating-requests-inflight=0")
                .flowControl()
                .moving())
        .isEqualTo(new ProxyOptions.MovingSeats(true, expected, Duration.ofMillis(5), 0));
  }

  @Test
  @Tag("L-62")
  void hasSoManySeatsForBurstsAsWereSaid() throws UsageException {
    assertThat(
            serve(Map.of(), "--adaptive-seats", "--burst-seats=40").flowControl().moving().burst())
        .isEqualTo(40);
  }

  @Test
  void holdsWhomItIsTold() throws UsageException {
    assertThat(serve(Map.of(), "--enforcement=25%").flowControl().enforcement())
        .isEqualTo(new Enforcement(25));
  }

  @Test
  void limitsEveryAddressWhenNoneIsNamed() throws UsageException {
    assertThat(serve(Map.of(), "--unlimited-addresses=").limits().unlimited()).isEmpty();
    assertThat(
            serve(
                    Map.of(),
                    "--unlimited-addresses=192.0.2.7",
                    "--unlimited-addresses=2001:db8::/32")
                .limits()
                .unlimited())
        .hasToString("[192.0.2.7, 2001:db8::/32]");
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
                    Path.of("in"), URI.create("https://localhost:6443"), Path.of("ca"), null)));
  }

  @Test
  void readsTheKubeconfigCommandOfAHolder() throws UsageException {
    assertThat(
            Command.parse(
                List.of(
                    "kubeconfig",
                    "--kubeconfig=in",
                    "--server=https://localhost:7443",
                    "--break-glass",
                    "--client-certificate=own.crt",
                    "--client-key=own.key"),
                Map.of()))
        .isEqualTo(
            new Command.Kubeconfig(
                new KubeconfigOptions(
                    Path.of("in"),
                    URI.create("https://localhost:7443"),
                    null,
                    new KubeconfigOptions.Holder(Path.of("own.crt"), Path.of("own.key")))));
  }

  @Test
  @Tag("L-80")
  void hasABreakGlassListenerOnlyIfAsked() throws UsageException {
    assertThat(serve(Map.of()).breakGlass()).isNull();
    assertThat(
            serve(
                    Map.of(),
                    "--break-glass-port=6443", // another address than everybody's
                    "--bind-address=192.0.2.1",
                    "--break-glass-client-ca-file=ca",
                    "--break-glass-groups=a,b")
                .breakGlass())
        .isEqualTo(
            new ProxyOptions.BreakGlass("127.0.0.1", 6443, Path.of("ca"), List.of("a", "b"), 4));
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
    assertThat(help("adopt", "-h").lines()).allMatch(line -> line.length() <= 80);
    assertThat(help("why", "-h").lines()).allMatch(line -> line.length() <= 80);
  }
}
