package io.apfproxy.whole;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A real kube-apiserver, with etcd, that has the objects which loads ask for. It needs what the
 * tests in {@code io.apfproxy.real} need.
 */
final class RealUpstream implements Upstream {
  private static final String USER = "admin";

  private final ControlPlane cluster;

  private RealUpstream(ControlPlane cluster) {
    this.cluster = cluster;
  }

  /** Returns once it has the objects. Whoever trusts the site's authority trusts it too. */
  static RealUpstream start(Site site) throws IOException {
    ControlPlane cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    try {
      Files.writeString(
          site.authority(), Files.readString(cluster.pki("ca.crt")), StandardOpenOption.APPEND);
      Files.copy(cluster.kubeconfig(USER), site.kubeconfig());
      cluster.kubectl(USER).runWithInput(CannedObjects.manifest(), "create", "-f", "-").orThrow();
      return new RealUpstream(cluster);
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public int port() {
    return cluster.url().getPort();
  }

  @Override
  public String token() {
    return ControlPlane.token(USER);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
