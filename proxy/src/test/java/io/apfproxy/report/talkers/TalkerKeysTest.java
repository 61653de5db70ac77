package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.flowcontrol.Classification;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Specification seeing.md V-04, V-11. */
class TalkerKeysTest {
  @Test
  void userAndAgentAreWhatTheySay() {
    assertThat(TalkerKeys.user("system:node:a")).isEqualTo("system:node:a");
    assertThat(TalkerKeys.user(null)).isEqualTo("-");
    assertThat(TalkerKeys.user("")).isEqualTo("-");
    String controller = "kube-controller-manager/v1.37.0 (linux/amd64) kubernetes/24a394e/hpa";
    assertThat(TalkerKeys.agent(controller)).isEqualTo(controller);
    assertThat(TalkerKeys.agent("")).isEqualTo("-");
  }

  @Test
  void namespaceIsThatOfTheResource() {
    assertThat(TalkerKeys.namespace(Talk.info("GET", "/api/v1/namespaces/shop/pods")))
        .isEqualTo("shop");
    assertThat(TalkerKeys.namespace(Talk.info("GET", "/api/v1/nodes"))).isEqualTo("(cluster)");
    assertThat(TalkerKeys.namespace(Talk.info("GET", "/healthz"))).isEqualTo("(path)");
    assertThat(TalkerKeys.namespace(null)).isEqualTo("-");
  }

  @Test
  void whatIsVerbAndResource() {
    assertThat(TalkerKeys.what(Talk.info("GET", "/api/v1/pods"))).isEqualTo("list pods");
    assertThat(TalkerKeys.what(Talk.info("GET", "/api/v1/pods?watch=1"))).isEqualTo("watch pods");
    assertThat(TalkerKeys.what(Talk.info("PUT", "/apis/apps/v1/namespaces/a/deployments/b/scale")))
        .isEqualTo("update deployments.apps/scale");
    assertThat(TalkerKeys.what(Talk.info("POST", "/api/v1/namespaces/a/pods/b/exec")))
        .isEqualTo("create pods/exec");
    assertThat(TalkerKeys.what(Talk.info("GET", "/openapi/v3/apis/apps")))
        .isEqualTo("get /openapi");
    assertThat(TalkerKeys.what(Talk.info("GET", "/"))).isEqualTo("get /");
    assertThat(TalkerKeys.what(null)).isEqualTo("-");
  }

  @Test
  void addressIsOneOfIpv4OrANetworkOfIpv6() {
    assertThat(TalkerKeys.address("192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(TalkerKeys.address("2001:db8:0:7:1:2:3:4"))
        .isEqualTo(TalkerKeys.address("2001:db8:0:7::99"))
        .isEqualTo("2001:db8:0:7::/64");
    assertThat(TalkerKeys.address("::1")).isEqualTo("0:0:0:0::/64");
    assertThat(TalkerKeys.address("")).isEqualTo("-");
  }

  @Test
  void flowIsLevelSchemaAndDistinguisher() {
    assertThat(
            TalkerKeys.flow(new Classification("service-accounts", "", "workload-low", "", "ann")))
        .hasToString("workload-low/service-accounts/ann");
    assertThat(TalkerKeys.flow(new Classification("catch-all", "", "catch-all", "", "")))
        .hasToString("catch-all/catch-all");
    assertThat(TalkerKeys.flow(Classification.NONE)).isNull();
  }

  @Test
  void keysAreCutBetweenTwoCharacters() {
    String longOne = "ä".repeat(100);

    String cut = TalkerKeys.user(longOne);

    assertThat(cut).isEqualTo("ä".repeat(62) + "…");
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(128);
    assertThat(TalkerKeys.user("x".repeat(128))).isEqualTo("x".repeat(128));
    assertThat(TalkerKeys.user("x".repeat(129))).isEqualTo("x".repeat(125) + "…");
    assertThat(TalkerKeys.user("🐘".repeat(40))).isEqualTo("🐘".repeat(31) + "…");
    assertThat(TalkerKeys.user("ä".repeat(64))).isEqualTo("ä".repeat(64));
  }

  @Test
  void whatControlsATerminalIsEscaped() {
    assertThat(TalkerKeys.user("a\u001b[2Jb\nc")).isEqualTo("a\\u001b[2Jb\\u000ac");
    assertThat(TalkerKeys.user("left\u202eright")).isEqualTo("left\\u202eright");
    assertThat(TalkerKeys.user("half\udc80")).isEqualTo("half\\udc80");
    assertThat(TalkerKeys.user("\u001b".repeat(60))).isEqualTo("\\u001b".repeat(20) + "…");
  }
}
