package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A control plane of a class's own, as no other test expects our kinds in one, and what is to be
 * said to it. It has none of them at first; the proxy may read them.
 */
abstract class OwnKindsFixture {
  static ControlPlane cluster;
  static Kubectl kubectl;
  static ProxyProcess proxy;

  @BeforeAll
  static void startCluster() {
    cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    kubectl = cluster.kubectl("admin");
    ProxyAccess.grant(cluster);
    apply("/real/configuration-access.yaml");
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
      proxy = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }

  /** Applies a manifest of the tests' resources. */
  static void apply(String resource) {
    kubectl.runWithInput(TestResources.read(resource), "apply", "-f", "-").orThrow();
  }

  /**
   * Defines kinds, which are served then.
   *
   * @param file among the definitions; empty for all of them
   */
  static void define(String file) {
    Definitions.apply(kubectl, CrdRealIT.crds().resolve(file));
  }

  static void patch(String object, String patch) {
    kubectl.run("patch", object, "--type=merge", "-p", patch).orThrow();
  }

  /** A field, or several, by what kubectl calls a JSONPath. */
  static String field(String object, String path) {
    return kubectl.run("get", object, "-o", "jsonpath={" + path + "}").orThrow().stdout();
  }

  /** How many of our objects are in force. */
  static double inForce() {
    return proxy.metric("apf_proxy_config_objects", "source=\"crd\"", "state=\"in_force\"");
  }
}
