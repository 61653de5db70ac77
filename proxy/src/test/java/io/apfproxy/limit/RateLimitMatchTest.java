package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.gate.FakeAsked;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a limit concerns, and who shares a bucket. Specification limits.md L-14 to L-17. */
class RateLimitMatchTest {
  private static final String WATCH = LimitedProxy.PODS + "?watch=true";
  private static final String EXEC = LimitedProxy.PODS + "/web-0/exec?command=ls";

  /** One request a day, so that the second tells whether both were concerned. */
  private static boolean concerns(Limiting limit, FakeAsked asked) {
    LimitedProxy proxy = new LimitedProxy(limit.tokens(1, "24h", 1, "0s"));
    proxy.ask(asked);
    return !proxy.ask(asked).passes();
  }

  private static FakeAsked from(String user, @Nullable String address, String agent) {
    FakeAsked asked = new LimitedProxy().get(user);
    asked.peer = address == null ? null : parse(address);
    asked.userAgent = agent;
    return asked;
  }

  private static InetAddress parse(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "kubectl/v1.34.0 (linux/amd64), true",
    "kubectl,                       false",
    "kubectl-neat/1.0,              false",
    "Kubectl/v1.34.0,               false",
    "argocd/3,                      true",
    "'',                            false"
  })
  void looksAtTheBeginningOfTheUserAgentByteForByte(String agent, boolean concerned) {
    Limiting limit = Limiting.of("agents").agents("kubectl/", "argocd");
    assertThat(concerns(limit, from("alice", null, agent))).isEqualTo(concerned);
  }

  @Test
  void comparesAgentsInTheBytesInWhichTheyCome() {
    Limiting limit = Limiting.of("agents").agents("prüfer/");
    assertThat(concerns(limit, from("alice", null, "pr\u00c3\u00bcfer/1"))).isTrue();
    assertThat(concerns(limit, from("alice", null, "prüfer/1"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3,            true",
    "10.2.0.1,            false",
    "::ffff:10.1.2.3,     true",
    "2001:db8::7:1,       true",
    "2001:db9::1,         false",
    ",                    false"
  })
  void looksWhetherTheAddressIsInANetwork(String address, boolean concerned) {
    Limiting limit = Limiting.of("networks").from("10.1.0.0/16", "2001:db8::/32");
    assertThat(concerns(limit, from("alice", address, ""))).isEqualTo(concerned);
  }

  @ParameterizedTest
  @CsvSource({
    "Include, true,  true,  true",
    "Exclude, true,  false, false",
    "Only,    false, true,  true",
  })
  void tellsLongRequestsFromOthers(String which, boolean get, boolean watch, boolean exec) {
    LimitedProxy proxy = new LimitedProxy();
    Limiting limit = Limiting.of("long").longRunning(which);
    assertThat(concerns(limit, proxy.get("alice"))).isEqualTo(get);
    assertThat(concerns(limit, proxy.request("GET", WATCH, "alice"))).isEqualTo(watch);
    assertThat(concerns(limit, proxy.request("POST", EXEC, "alice"))).isEqualTo(exec);
  }

  @Test
  void leavesThoseAloneWhomItExcepts() {
    Limiting limit =
        Limiting.of("some")
            .except(Subject.group("system:masters"), Subject.serviceAccount("kube-system", "*"));
    LimitedProxy proxy = new LimitedProxy();
    assertThat(concerns(limit, proxy.request("GET", "/version", "admin", "system:masters")))
        .isFalse();
    assertThat(concerns(limit, proxy.get("system:serviceaccount:kube-system:any"))).isFalse();
    assertThat(concerns(limit, proxy.get("system:serviceaccount:shop:any"))).isTrue();
  }

  @Test
  void countsEachUserByItself() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("users").by("User").perSecond(1, 3));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(3);
    assertThat(proxy.passing(9, () -> proxy.get("bob"))).isEqualTo(3);
    assertThat(proxy.reading("users").keys()).isEqualTo(2);
  }

  /** The first in byte order that begins so, and is longer; who has none is not concerned. */
  @Test
  void countsByTheFirstGroupWithThePrefix() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("teams").by("team:", 100, "Group").perSecond(1, 2));
    assertThat(
            proxy.passing(
                9, () -> proxy.request("GET", "/version", "alice", "team:", "team:b", "team:a")))
        .isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/version", "bob", "team:a", "x")))
        .isZero();
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/version", "carol", "team:b")))
        .isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/version", "dave", "team:", "t")))
        .isEqualTo(9);
    String beyond = "team:" + Character.toString(0x10000);
    assertThat(
            proxy.passing(9, () -> proxy.request("GET", "/version", "erin", beyond, "team:\uffff")))
        .isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/version", "f", "team:\uffff")))
        .as("which comes before U+10000 in UTF-8, not so in UTF-16")
        .isZero();
  }

  @Test
  void countsTheNamespaceOfTheRequestAndThatOfNoneByItself() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("spaces").by("Namespace").perSecond(1, 2));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.get("bob"))).isZero();
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/api/v1/nodes", "bob"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.request("GET", "/version", "bob"))).isZero();
  }

  @Test
  void countsAgentsByTheNameOfTheProgram() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("agents").by("UserAgent").perSecond(1, 2));
    assertThat(proxy.passing(9, () -> from("alice", null, "kubectl/v1.33.0"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> from("bob", null, "kubectl v1"))).isZero();
    assertThat(proxy.passing(9, () -> from("bob", null, "kubectl"))).isZero();
    assertThat(proxy.passing(9, () -> from("bob", null, ""))).isEqualTo(2);
    String longName = "n".repeat(64);
    assertThat(proxy.passing(9, () -> from("bob", null, longName + "a"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> from("bob", null, longName + "b"))).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,        10.0.0.2,        false",
    "10.0.0.1,        10.0.0.1,        true",
    "2001:db8::1,     2001:db8::f:2,   true",
    "2001:db8:0:1::1, 2001:db8:0:2::1, false"
  })
  void countsAddressesAsOneOfIpv4OrANetworkOfIpv6(String one, String other, boolean same) {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("addresses").by("SourceAddress").perSecond(1, 1));
    assertThat(proxy.ask(from("alice", one, "")).passes()).isTrue();
    assertThat(proxy.ask(from("bob", other, "")).passes()).isEqualTo(!same);
  }

  /** L-15: here of the machine itself. */
  @Test
  void doesNotConcernUnlimitedAddressesWhereItCountsByAddress() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("addresses").by("SourceAddress").perSecond(1, 1));
    assertThat(proxy.passing(9, () -> from("alice", "127.0.0.1", ""))).isEqualTo(9);
    assertThat(proxy.passing(9, () -> from("alice", null, ""))).isEqualTo(9);
  }

  @Test
  void countsEachCombinationByItself() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("both").by("User", "Namespace").perSecond(1, 1));
    assertThat(proxy.passing(3, () -> proxy.get("alice"))).isEqualTo(1);
    assertThat(proxy.passing(3, () -> proxy.get("bob"))).isEqualTo(1);
    assertThat(proxy.passing(3, () -> proxy.request("GET", "/version", "alice"))).isEqualTo(1);
  }

  @Test
  void knowsNobodyBeforeAuthentication() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("strangers").beforeAuthentication().by("SourceAddress").perSecond(1, 2));
    FakeAsked stranger = from("alice", "192.0.2.1", "");
    assertThat(proxy.passing(9, () -> stranger)).isEqualTo(2);
    assertThat(proxy.ask(stranger, proxy.limits.paces(), proxy.limits.places()).passes()).isTrue();
    assertThat(
            Objects.requireNonNull(
                    proxy.ask(stranger, proxy.limits.beforeAuthentication()).refusal())
                .limit())
        .isEqualTo("strangers");
  }
}
