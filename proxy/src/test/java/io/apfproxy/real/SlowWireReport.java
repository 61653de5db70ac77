package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * kubectl at the far end of a slow wire, beside somebody at a fast one. Run by name, as it takes
 * its time: {@code -Dit.test=SlowWireReport -Dapf.wire.kilobits=1000}.
 */
@RealControlPlane
@DisplayName("A list of 5 MB over a slow wire (L-71)")
final class SlowWireReport {
  private static final int KILOBITS = Integer.getInteger("apf.wire.kilobits", 1_000);
  private static final int OBJECTS = 10;

  /** Five megabytes in all, as kube-apiserver compresses what it sends. */
  private static final int OBJECT_BYTES = 500_000;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Test
  void comesWholeWhileNobodyWaits(ControlPlane cluster) throws Exception {
    ProxyAccess.grant(cluster);
    cluster.kubectl("admin").runWithInput(objects(), "create", "-f", "-").orThrow();
    Vertx vertx = Vertx.vertx();
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster);
        TcpRelay wire = new TcpRelay(proxy.url().getPort());
        LoadClient other =
            new LoadClient(
                vertx,
                IsolationReport.target(proxy.url(), proxy.certificate())
                    .as(ControlPlane.token("alice")))) {
      wire.rate(KILOBITS * 125L);
      Load meanwhile =
          other.start(LoadRequest.get("/api/v1/namespaces/default"), Pace.openLoop(20));
      long begin = System.nanoTime();
      CommandResult list;
      try (RunningCommand kubectl =
          cluster
              .kubectlWith(kubeconfig(proxy, wire))
              .start("get", "configmaps", "-n", "slow", "-o", "json")) {
        list = kubectl.await(LIMIT).orThrow();
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      meanwhile.drain();

      System.out.printf(
          "kubectl at %d kbit/s: %d characters in %.1f s; beside it %s%n",
          KILOBITS, list.stdout().length(), seconds, RestartReport.text(meanwhile.report()));
      assertThat(list.stdout().split("\"blob\"", -1)).hasSize(OBJECTS + 1);
      assertThat(proxy.metric("apf_proxy_blocked_responses")).isZero();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static Path kubeconfig(ProxyProcess proxy, TcpRelay wire) throws IOException {
    Path direct = proxy.kubeconfig("alice");
    return Files.writeString(
        direct.resolveSibling("slow.kubeconfig"),
        Files.readString(direct).replace(":" + proxy.url().getPort(), ":" + wire.port()));
  }

  private static String objects() {
    StringBuilder yaml =
        new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: slow}\n");
    Random random = new Random(1);
    for (int i = 0; i < OBJECTS; i++) {
      byte[] blob = new byte[OBJECT_BYTES];
      random.nextBytes(blob);
      yaml.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: slow, name: blob-")
          .append(i)
          .append("}\ndata: {blob: ")
          .append(Base64.getEncoder().encodeToString(blob))
          .append("}\n");
    }
    return yaml.toString();
  }
}
