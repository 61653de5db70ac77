package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.ControlPlane;

/** The rights of the users in these tests. */
final class ProxyAccess {
  private ProxyAccess() {}

  /** Gives {@code apf-proxy} what it needs and no more, and {@code alice} everything, by RBAC. */
  static void grant(ControlPlane cluster) {
    String manifest = TestResources.read("/real/access.yaml");
    cluster.kubectl("admin").runWithInput(manifest, "apply", "-f", "-").orThrow();
  }
}
