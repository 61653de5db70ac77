package io.apfproxy.cli;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Flags of the proxy itself that are wrong, or contradict each other. */
@Tag("S71")
class WrongFlagsTest {
  static Stream<Arguments> badInput() {
    return Stream.of(
        WrongUsageTest.bad(
            "unknown flag --secure-prt, the nearest known is --secure-port", "--secure-prt=1"),
        WrongUsageTest.bad(
            "unknown flag --kubconfig, the nearest known is --kubeconfig", "--kubconfig", "x"),
        WrongUsageTest.bad(
            "--top-metrics: found \"21\", expected a whole number, 0 to 20", "--top-metrics=21"),
        WrongUsageTest.bad(
            "--top-metrics: found with --top-counters=0, which lets nobody be counted; expected"
                + " one of the two",
            "--top-metrics=1",
            "--top-counters=0"),
        WrongUsageTest.bad(
            "--record-max-size: found \"1023KiB\", expected a size from 1MiB to 2047MiB",
            "--record-max-size=1023KiB"),
        WrongUsageTest.bad(
            "--record-max-files: found \"0\", expected a whole number, 1 to 1000",
            "--record-max-files=0"),
        WrongUsageTest.bad(
            "--record-names: found \"none\", expected plain or hashed", "--record-names=none"),
        WrongUsageTest.bad(
            "--record-names: found hashed without --record-names-key-file, expected both",
            "--record-names=hashed"),
        WrongUsageTest.bad(
            "--record-names-key-file: found a key without --record-names=hashed, expected both",
            "--record-names-key-file=key"),
        WrongUsageTest.bad(
            "--record: found \"/no/such/folder\", expected a directory that is there and may be"
                + " written to",
            "--record=/no/such/folder"),
        WrongUsageTest.bad("--kubeconfig: found no value, expected a file", "--kubeconfig"),
        WrongUsageTest.bad(
            "--secure-port: found \"70000\", expected a port, 0 to 65535; 0 picks a free one",
            "--secure-port=70000"),
        WrongUsageTest.bad(
            "--max-requests-inflight: found \"-1\", expected a whole number, 0 or more",
            "--max-requests-inflight=-1"),
        WrongUsageTest.bad(
            "--response-buffer: found \"4M\", expected a size such as 4MiB, 512KiB or 0",
            "--response-buffer=4M"),
        WrongUsageTest.bad(
            "--response-buffer: found \"2GiB\", expected a size such as 4MiB, 512KiB or 0",
            "--response-buffer=2GiB"),
        WrongUsageTest.bad(
            "--anonymous-auth: found \"no\", expected true or false", "--anonymous-auth=no"),
        WrongUsageTest.bad(
            "--request-timeout: found \"60\", expected a duration such as 30s or 1m30s",
            "--request-timeout=60"),
        WrongUsageTest.bad(
            "--shutdown-grace: found \"-1s\", expected a duration such as 30s or 1m30s",
            "--shutdown-grace=-1s"),
        WrongUsageTest.bad(
            "--goaway-chance: found \"0.021\", expected a number, 0 to 0.02",
            "--goaway-chance=0.021"),
        WrongUsageTest.bad(
            "--goaway-chance: found \"-0.01\", expected a number, 0 to 0.02",
            "--goaway-chance=-0.01"),
        WrongUsageTest.bad(
            "--goaway-chance: found \".\", expected a number, 0 to 0.02", "--goaway-chance=."),
        WrongUsageTest.bad(
            "--transport: found \"kqueue\", expected auto, io_uring, epoll or nio",
            "--transport=kqueue"),
        WrongUsageTest.bad(
            "--bind-address: found \"localhost\", expected an IP address",
            "--bind-address=localhost"),
        WrongUsageTest.bad(
            "--flowcontrol-source: found \"crds\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=crds"),
        WrongUsageTest.bad(
            "--flowcontrol-source: found \"crd,crd\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=crd",
            "--flowcontrol-source=crd"),
        WrongUsageTest.bad(
            "--flowcontrol-source: found \"files:\", expected some of builtin, files:DIR, crd and"
                + " native, separated by commas, each once",
            "--flowcontrol-source=files:"),
        WrongUsageTest.bad(
            "--flowcontrol-source: found with --enable-priority-and-fairness=false, which has no"
                + " schemas and levels; expected one of the two",
            "--flowcontrol-source=crd",
            "--enable-priority-and-fairness=false"),
        WrongUsageTest.bad(
            "--upstream-identity: found \"auto,impersonation\", expected auto, or some of"
                + " pass-through, request-header, impersonation",
            "--upstream-identity=auto,impersonation"),
        WrongUsageTest.bad(
            "--upstream-identity: found request-header without --proxy-client-cert-file, expected"
                + " both",
            "--upstream-identity=request-header"),
        WrongUsageTest.bad(
            "--tls-cert-file: found without --tls-private-key-file, expected both",
            "--tls-cert-file=x"),
        WrongUsageTest.bad(
            "--proxy-client-key-file: found without --proxy-client-cert-file, expected both",
            "--proxy-client-key-file=x"),
        WrongUsageTest.bad(
            "--requestheader-uid-headers: found without --requestheader-client-ca-file, expected"
                + " both",
            "--requestheader-uid-headers=x"),
        WrongUsageTest.bad(
            "--requestheader-client-ca-file: found without --requestheader-username-headers,"
                + " expected both, usually X-Remote-User",
            "--requestheader-client-ca-file=x"),
        WrongUsageTest.bad(
            "--break-glass-port: found without --break-glass-client-ca-file, expected both",
            "--break-glass-port=7443",
            "--break-glass-groups=admins"),
        WrongUsageTest.bad(
            "--break-glass-port: found without --break-glass-groups, expected both",
            "--break-glass-port=7443",
            "--break-glass-client-ca-file=ca"),
        WrongUsageTest.bad(
            "--break-glass-groups: found without --break-glass-port, expected both",
            "--break-glass-groups=admins"),
        WrongUsageTest.bad(
            "--break-glass-client-ca-file: found without --break-glass-port, expected both",
            "--break-glass-client-ca-file=ca"),
        WrongUsageTest.bad(
            "--break-glass-seats: found without --break-glass-port, expected both",
            "--break-glass-seats=4"),
        WrongUsageTest.bad(
            "--break-glass-bind-address: found without --break-glass-port, expected both",
            "--break-glass-bind-address=10.0.0.1"),
        WrongUsageTest.bad(
            "--break-glass-groups: found \",\", expected values separated by commas",
            "--break-glass-port=7443",
            "--break-glass-client-ca-file=ca",
            "--break-glass-groups=,"),
        WrongUsageTest.bad(
            "--break-glass-seats: found \"0\", expected 1 or more", glass("--break-glass-seats=0")),
        WrongUsageTest.bad(
            "--break-glass-port: found \"70000\", expected a port, 1 to 65535; 0 for none",
            glass("--break-glass-port=70000")),
        WrongUsageTest.bad(
            "--break-glass-bind-address: found \"localhost\", expected an IP address",
            glass("--break-glass-bind-address=localhost")),
        WrongUsageTest.bad(
            "--break-glass-port: found \"7443\", expected another port than that of --secure-port",
            glass("--secure-port=7443")),
        WrongUsageTest.bad(
            "--break-glass-port: found \"7443\", expected another port than that of --admin-port",
            glass("--admin-port=7443")),
        WrongUsageTest.bad(
            "--context: found a context without --kubeconfig, expected both", "--context=x"),
        WrongUsageTest.bad(
            "--max-requests-inflight: found 0 seats with --max-mutating-requests-inflight, expected"
                + " 1 to 2147483647",
            "--max-requests-inflight=0",
            "--max-mutating-requests-inflight=0"),
        WrongUsageTest.bad(
            "--adaptive-seats: found with --enable-priority-and-fairness=false, whose two limits"
                + " never move; expected one of the two",
            "--adaptive-seats",
            "--enable-priority-and-fairness=false"),
        WrongUsageTest.bad(
            "--min-seats: found with --enable-priority-and-fairness=false, whose two limits never"
                + " move; expected one of the two",
            "--min-seats=3",
            "--enable-priority-and-fairness=false"),
        WrongUsageTest.bad(
            "--burst-seats: found without --adaptive-seats, which tells whether upstream could do"
                + " more; expected both",
            "--burst-seats=10"),
        WrongUsageTest.bad("--replicas: found 0, expected 1 to 64", "--replicas=0"),
        WrongUsageTest.bad("--replicas: found 65, expected 1 to 64", "--replicas=65"),
        WrongUsageTest.bad(
            "--enforcement: found \"off\", expected enforce, shadow, or 1% to 99% of users",
            "--enforcement=off"),
        WrongUsageTest.bad(
            "--enforcement: found \"25%\" with --adaptive-seats, which would follow requests that"
                + " nobody holds back; expected enforce",
            "--enforcement=25%", "--adaptive-seats"),
        WrongUsageTest.bad(
            "--enforcement: found \"shadow\" without priority and fairness, expected enforce",
            "--enforcement=shadow",
            "--enable-priority-and-fairness=false"),
        WrongUsageTest.bad(
            "--min-seats: found 31, expected 1 to 30, which is --max-requests-inflight and"
                + " --max-mutating-requests-inflight together",
            "--min-seats=31",
            "--max-requests-inflight=20",
            "--max-mutating-requests-inflight=10"),
        WrongUsageTest.bad(
            "--min-seats: found 0, expected 1 to 600, which is --max-requests-inflight and"
                + " --max-mutating-requests-inflight together",
            "--adaptive-seats",
            "--min-seats=0"),
        WrongUsageTest.bad(
            "--warm-up: found \"61s\", expected a duration from 0s, for none, to 1m",
            "--warm-up=61s"),
        WrongUsageTest.bad(
            "--warm-up: found \"5\", expected a duration from 0s, for none, to 1m", "--warm-up=5"),
        WrongUsageTest.bad(
            "--warm-up: found \"-1s\", expected a duration from 0s, for none, to 1m",
            "--warm-up=-1s"),
        WrongUsageTest.bad(
            "--target-delay: found \"2s\", expected a duration from 1ms to 1s",
            "--target-delay=2s"),
        WrongUsageTest.bad(
            "--target-delay: found \"999us\", expected a duration from 1ms to 1s",
            "--target-delay=999us"),
        WrongUsageTest.bad(
            "--target-delay: found without --adaptive-seats, which alone goes by it; expected both",
            "--target-delay=5ms"),
        WrongUsageTest.bad(
            "--create-suggested-objects: found without crd in --flowcontrol-source, expected both:"
                + " objects that nobody follows would mislead",
            "--create-suggested-objects"),
        WrongUsageTest.bad(
            "--expose-flow-headers: found with --enable-priority-and-fairness=false, which has no"
                + " levels to name; expected one of the two",
            "--expose-flow-headers",
            "--enable-priority-and-fairness=false"),
        WrongUsageTest.bad(
            "--impersonation-service-account: found \"x\", expected a service account as"
                + " namespace/name",
            "--impersonation-service-account=x"),
        WrongUsageTest.bad(
            "--impersonation-service-account: found with --upstream-identity=pass-through, which"
                + " never impersonates; expected one of the two",
            "--impersonation-service-account=a/b",
            "--upstream-identity=pass-through"),
        WrongUsageTest.bad(
            "--max-connections: found \"many\", expected a whole number, 0 or more",
            "--max-connections=many"),
        WrongUsageTest.bad(
            "--max-connections-per-address: found 11, expected no more than --max-connections,"
                + " which is 10",
            "--max-connections=10",
            "--max-connections-per-address=11"),
        WrongUsageTest.bad(
            "--max-watches-per-user: found 101, expected no more than --max-watches, which is 100",
            "--max-watches-per-user=101",
            "--max-watches=100"),
        WrongUsageTest.bad(
            "--unlimited-addresses: found \"10.0.0.0/33\", expected IP addresses or blocks such as"
                + " 192.0.2.0/24, separated by commas",
            "--unlimited-addresses=10.0.0.0/33"),
        WrongUsageTest.bad(
            "--unlimited-addresses: found \"::1,balancer\", expected IP addresses or blocks such as"
                + " 192.0.2.0/24, separated by commas",
            "--unlimited-addresses=::1,balancer"));
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

  @ParameterizedTest(name = "{1}")
  @MethodSource("badInput")
  void refusesWrongFlagsInOneLineWithCode2(String message, List<String> arguments) {
    WrongUsageTest.expectRefused(message, arguments);
  }
}
