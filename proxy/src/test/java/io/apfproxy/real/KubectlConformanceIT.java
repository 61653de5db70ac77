package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kubectl command says the same through the proxy as it does directly, in each way the proxy
 * hands an identity on, and while seats follow the server's delay; what it makes of the objects is
 * kube-controller-manager's work, which goes through the proxy with those seats.
 */
@RealControlPlane(kubelet = true, audit = true)
final class KubectlConformanceIT {
  @TempDir static Path scratch;
  private static ControlPlane cluster;
  private static ProxyProcess frontProxy;
  private static ProxyProcess impersonator;
  private static ProxyProcess adaptive;

  @BeforeAll
  static void start(ControlPlane controlPlane) {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    frontProxy = ProxyProcess.startAsFrontProxy(cluster);
    impersonator = ProxyProcess.start(cluster, "--upstream-identity=impersonation");
    adaptive = ProxyProcess.startAsFrontProxy(cluster, "--adaptive-seats", "--min-seats=1");
    cluster.startControllers(adaptive.kubeconfig("kcm"), "--use-service-account-credentials=true");
  }

  @AfterAll
  static void stop() {
    cluster.stopControllers();
    assertAll(
        Stream.of(frontProxy, impersonator, adaptive)
            .filter(Objects::nonNull)
            .map(proxy -> proxy::close));
  }

  @TestFactory
  Stream<DynamicTest> clientCertificateAsRequestHeaders() {
    return compare("1", cluster.kubectl("admin-cert"), frontProxy.kubectl("admin-cert"), scratch);
  }

  @TestFactory
  Stream<DynamicTest> clientCertificateAsImpersonation() {
    return compare("2", cluster.kubectl("admin-cert"), impersonator.kubectl("admin-cert"), scratch);
  }

  @TestFactory
  Stream<DynamicTest> tokenPassedThrough() {
    return compare("3", cluster.kubectl("alice"), frontProxy.kubectl("alice"), scratch);
  }

  /** Specification limits.md B. */
  @TestFactory
  Stream<DynamicTest> clientCertificateWithSeatsThatFollowTheServer() {
    return Stream.concat(
        compare("4", cluster.kubectl("admin-cert"), adaptive.kubectl("admin-cert"), scratch),
        Stream.of(dynamicTest("the server is judged", KubectlConformanceIT::expectJudgement)));
  }

  private static void expectJudgement() {
    assertThat(adaptive.metric("apf_proxy_upstream_pulses_total", "outcome=\"answered\""))
        .isGreaterThan(10);
    Awaitility.await() // nothing is judged while the proxy itself is late
        .until(() -> adaptive.metric("apf_proxy_upstream_state", "state=\"unknown\"") == 0);
  }

  @Test
  void controllerManagerLeadsThroughTheProxy() {
    Kubectl admin = cluster.kubectl("admin");
    String[] holder = {
      "get",
      "lease",
      "kube-controller-manager",
      "-n",
      "kube-system",
      "-o",
      "jsonpath={.spec.holderIdentity}"
    };

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> admin.run(holder).stdout(), name -> !name.isBlank());

    assertThat(
            adaptive.metric(
                "apiserver_flowcontrol_dispatched_requests_total",
                "flow_schema=\"system-leader-election\""))
        .isPositive();
  }

  static Stream<DynamicTest> compare(String run, Kubectl direct, Kubectl proxied, Path scratch) {
    KubectlActor first = new KubectlActor("d" + run, direct, scratch);
    KubectlActor second = new KubectlActor("p" + run, proxied, scratch);
    return KubectlScript.steps().stream()
        .map(step -> dynamicTest(step.name(), () -> compare(step, first, second)));
  }

  private static void compare(KubectlStep step, KubectlActor direct, KubectlActor proxied) {
    CompletableFuture<CommandResult> through =
        CompletableFuture.supplyAsync(() -> step.action().apply(proxied));
    CommandResult expected = step.action().apply(direct);
    CommandResult actual = through.join();
    assertThat(expected.exitCode()).as("direct: %s", expected).isEqualTo(step.exitCode());
    assertThat(expected.stdout() + expected.stderr())
        .as("direct: %s", expected)
        .contains(step.shown());

    assertThat(KubectlOutput.normalise(actual)).isEqualTo(KubectlOutput.normalise(expected));
  }
}
