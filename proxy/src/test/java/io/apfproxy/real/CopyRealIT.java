package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kubectl cp under a limit of bytes, there and back: never faster than the limit, and nothing of it
 * is lost. How fast it is, is printed, and what of it is kubectl's: until the first byte that
 * counts, as it starts and asks whether the place is a directory, and after the last.
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

  /** What is asked before the copy is less. */
  private static final double LITTLE = 8 << 10;

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

  /** Of the first copy, which takes longer than others. */
  private static final int PAGE = 4 << 10;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  @TempDir private Path folder;

  @Test
  void isAsFastAsItsLimitAndWhole(ControlPlane cluster) throws Exception {
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
      Path first = Files.write(folder.resolve("first.bin"), new byte[PAGE]);
      proxy.kubectl("alice").run("cp", first.toString(), "default/shell:first.bin").orThrow();
      copy(proxy, "in", there.toString(), "default/shell:copied.bin");
      assertThat(moved(proxy, "in")).isGreaterThan(content.length);
      copy(proxy, "out", "default/shell:copied.bin", back.toString());
      assertThat(moved(proxy, "out")).isGreaterThan(content.length);
      assertThat(Files.mismatch(there, back)).as("the first byte that differs").isEqualTo(-1);
    }
  }

  private static double moved(ProxyProcess proxy, String direction) {
    return proxy.metric("apf_proxy_rate_limit_bytes_total", "direction=\"" + direction + "\"");
  }

  private static void copy(ProxyProcess proxy, String way, String from, String to) {
    Passing passing = new Passing(proxy, way);
    try (RunningCommand copy = proxy.kubectl("alice").start("cp", from, to)) {
      await()
          .atMost(LIMIT)
          .pollInterval(BETWEEN_LOOKS)
          .until(
              () -> {
                passing.look();
                return !copy.isAlive();
              });
      copy.await(LIMIT).orThrow();
    }
    double seconds = seconds(passing.begun, System.nanoTime());
    double law = (((long) MEBIBYTES << 20) - BURST) / (double) RATE;
    System.out.printf(
        "kubectl cp %s, %d MiB at 8 MiB/s, 1 MiB at once: %.3f s, of which %.3f before the first"
            + " byte of it, %.3f while they came, %.3f after the last; by the law %.3f%n",
        way,
        MEBIBYTES,
        seconds,
        seconds(passing.begun, passing.first),
        seconds(passing.first, passing.last),
        seconds - seconds(passing.begun, passing.last),
        law);
    assertThat(seconds).isGreaterThan(law - PIECES / (double) RATE);
  }

  /** When bytes passed. */
  private static final class Passing {
    private final ProxyProcess proxy;
    private final String way;
    private final double before;
    private final long begun = System.nanoTime();
    private double bytes;
    private long first = begun;
    private long last = begun;

    Passing(ProxyProcess proxy, String way) {
      this.proxy = proxy;
      this.way = way;
      this.before = moved(proxy, way);
      this.bytes = before;
    }

    void look() {
      double now = moved(proxy, way);
      long at = System.nanoTime();
      if (now - before > LITTLE && bytes - before <= LITTLE) {
        first = at;
      }
      last = now > bytes ? at : last;
      bytes = now;
    }
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }
}
