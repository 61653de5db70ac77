package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kubectl cp under a limit of bytes, there and back: never faster than the limit, and nothing of it
 * is lost. How fast it is, is printed.
 *
 * <p>{@code -Dapf.cp.mebibytes=64} copies so much.
 */
@RealControlPlane(kubelet = true)
@DisplayName("kubectl cp under a limit of bytes (L-21)")
final class CopyRealIT {
  private static final int MEBIBYTES = Integer.getInteger("apf.cp.mebibytes", 8);
  private static final long RATE = 8 << 20;
  private static final long BURST = 1 << 20;

  /** Read at a time, of each way. */
  private static final long PIECES = 128 << 10;

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String STREAMS =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: streams}
      spec:
        rules:
        - subjects: [{kind: Group, group: {name: "system:authenticated"}}]
          resourceRules: [{verbs: ["*"], apiGroups: [""], resources: [pods/exec], namespaces: ["*"]}]
        longRunning: Only
        key: {by: [User]}
        unit: Bytes
        type: TokenBucket
        tokenBucket: {rate: %d, burst: %d}
      """
          .formatted(RATE, BURST);

  @TempDir private Path folder;

  @Test
  void isAsFastAsItsLimitAndWhole(ControlPlane cluster) throws IOException {
    ProxyAccess.grant(cluster);
    Kubectl admin = cluster.kubectl("admin");
    admin.runWithInput(TestResources.read("/real/copy.yaml"), "apply", "-f", "-").orThrow();
    admin.run("wait", "--for=condition=Ready", "pod/shell", "--timeout=90s").orThrow();
    Path limits = Files.createDirectory(folder.resolve("limits"));
    Files.writeString(limits.resolve("streams.yaml"), STREAMS);
    byte[] content = new byte[MEBIBYTES << 20];
    new Random(5).nextBytes(content);
    Path there = Files.write(folder.resolve("there.bin"), content);
    Path back = folder.resolve("back.bin");
    try (ProxyProcess proxy =
        ProxyProcess.startAsFrontProxy(cluster, "--flowcontrol-source=builtin,files:" + limits)) {
      Kubectl alice = proxy.kubectl("alice");
      copy("there", alice, there.toString(), "default/shell:copied.bin");
      assertThat(moved(proxy, "in")).isGreaterThan(content.length);
      copy("back", alice, "default/shell:copied.bin", back.toString());
      assertThat(moved(proxy, "out")).isGreaterThan(content.length);
      assertThat(Files.mismatch(there, back)).as("the first byte that differs").isEqualTo(-1);
    }
  }

  private static double moved(ProxyProcess proxy, String direction) {
    return proxy.metric("apf_proxy_rate_limit_bytes_total", "direction=\"" + direction + "\"");
  }

  private static void copy(String name, Kubectl kubectl, String from, String to) {
    long begun = System.nanoTime();
    try (RunningCommand copy = kubectl.start("cp", from, to)) {
      copy.await(LIMIT).orThrow();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    double law = (((long) MEBIBYTES << 20) - BURST) / (double) RATE;
    System.out.printf(
        "kubectl cp %s, %d MiB at 8 MiB/s, 1 MiB at once: %.3f s, by the law %.3f%n",
        name, MEBIBYTES, seconds, law);
    assertThat(seconds).isGreaterThan(law - PIECES / (double) RATE);
  }
}
