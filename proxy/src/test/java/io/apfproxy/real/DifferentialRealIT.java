package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The same generated requests straight to kube-apiserver and through the proxy: it reads them
 * alike, puts them into the same schema and level, is told the same by the server and passes the
 * answer on unchanged.
 *
 * <p>System properties: {@code apf.differential.seed}, {@code apf.differential.count}, and {@code
 * apf.differential.identity} for another {@code --upstream-identity} than the default one.
 */
@RealControlPlane(
    audit = true,
    flags = "--feature-gates=APIServerIdentity=false,UnknownVersionInteroperabilityProxy=false")
final class DifferentialRealIT {
  private static final long SEED = Long.getLong("apf.differential.seed", 1);
  private static final int COUNT = Integer.getInteger("apf.differential.count", 600);
  private static final String IDENTITY = System.getProperty("apf.differential.identity", "auto");

  @Test
  void decidesAndAnswersAsTheServerItself(ControlPlane cluster) throws Exception {
    // Given
    prepare(cluster);
    var credentials = Callers.credentials(cluster);
    List<Probe> probes = new ProbeGenerator(SEED, Callers.mix(credentials)).generate(COUNT);

    // When
    List<Comparison> comparisons;
    try (ProxyProcess proxy =
        ProxyProcess.startAsFrontProxy(
            cluster, "--expose-flow-headers", "-v=6", "--upstream-identity=" + IDENTITY)) {
      comparisons = Comparison.ofAll(cluster, proxy, credentials, probes);
    }

    // Then
    List<String> differences =
        comparisons.stream().map(Comparison::difference).filter(text -> !text.isEmpty()).toList();
    System.out.println(
        "differential: seed "
            + SEED
            + ", identity "
            + IDENTITY
            + ", "
            + probes.size()
            + " requests, "
            + differences.size()
            + " differ; "
            + Comparison.census(comparisons));
    assertThat(differences).isEmpty();
  }

  private static void prepare(ControlPlane cluster) {
    ProxyAccess.grant(cluster);
    String manifest = TestResources.read("/real/differential.yaml");
    cluster.kubectl("admin").runWithInput(manifest, "apply", "-f", "-").orThrow();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              CommandResult made =
                  cluster
                      .kubectl("admin")
                      .runWithInput(
                          TestResources.read("/real/differential-widget.yaml"), "apply", "-f", "-");
              return made.exitCode() == 0;
            });
  }
}
