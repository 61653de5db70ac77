package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same generated requests straight to kube-apiserver and through the proxy: it reads them
 * alike, puts them into the same schema and level, is told the same by the server and passes the
 * answer on unchanged. Over HTTP/2 each caller has one connection with several requests on their
 * way; what either side sends away, as after a 401, is sent again on another one. All that looks on
 * does: seeing.md V-01.
 *
 * <p>System properties: {@code apf.differential.seed}, {@code apf.differential.count}, {@code
 * apf.differential.protocol} ({@code http1}, {@code http2} or {@code both}), and {@code
 * apf.differential.identity} for another {@code --upstream-identity} than the default one.
 */
@RealControlPlane(
    audit = true,
    flags = "--feature-gates=APIServerIdentity=false,UnknownVersionInteroperabilityProxy=false")
@Tag("S49")
final class DifferentialRealIT {
  private static final long SEED = Long.getLong("apf.differential.seed", 1);
  private static final int COUNT = Integer.getInteger("apf.differential.count", 600);
  private static final String IDENTITY = System.getProperty("apf.differential.identity", "auto");

  static List<WireProtocol> protocols() {
    return WireProtocol.named(System.getProperty("apf.differential.protocol", "both"));
  }

  @ParameterizedTest
  @MethodSource("protocols")
  void decidesAndAnswersAsTheServerItself(
      WireProtocol protocol, ControlPlane cluster, @TempDir Path folder) throws Exception {
    // Given
    prepare(cluster);
    var credentials = CallerCatalogue.all(cluster);
    List<Probe> probes = new ProbeGenerator(SEED, CallerCatalogue.mix(credentials)).generate(COUNT);

    // When
    DifferentialRun.Result result;
    try (EveryPart parts = new EveryPart(folder, EveryPart.EACH);
        ProxyProcess proxy =
            ProxyProcess.startAsFrontProxy(
                cluster,
                Stream.concat(
                        Stream.of(
                            "--expose-flow-headers", "-v=6", "--upstream-identity=" + IDENTITY),
                        parts.flags().stream())
                    .toArray(String[]::new))) {
      result = new DifferentialRun(cluster, proxy, credentials, protocol).send(probes);
    }

    // Then
    List<String> differences =
        result.comparisons().stream()
            .map(Comparison::difference)
            .filter(text -> !text.isEmpty())
            .toList();
    System.out.printf(
        "differential: %s, seed %d, identity %s, %d requests, %d differ;"
            + " sent again for the server %d, for the proxy %d; %s%n",
        protocol,
        SEED,
        IDENTITY,
        probes.size(),
        differences.size(),
        result.untouchedByServer(),
        result.untouchedByProxy(),
        Comparison.census(result.comparisons()));
    assertThat(differences).isEmpty();
    assertThat(result.cutOffByProxy()).isZero();
  }

  private static void prepare(ControlPlane cluster) {
    ProxyAccess.grant(cluster);
    String manifest = TestResources.read("/real/differential.yaml");
    cluster.kubectl("admin").runWithInput(manifest, "apply", "-f", "-").orThrow();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              CommandResult made =
                  cluster
                      .kubectl("admin")
                      .runWithInput(
                          TestResources.read("/real/differential-widget.yaml"), "apply", "-f", "-");
              return made.exitCode() == 0;
            });
    // how the server granted it last decides which denial it tells: told alike from the beginning
    cluster.kubectl("mouse").run("get", "--raw", "/version", "--as", "dave").orThrow();
  }
}
