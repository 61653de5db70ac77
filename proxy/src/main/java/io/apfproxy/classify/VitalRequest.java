package io.apfproxy.classify;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.List;

/**
 * A request that holds the cluster together. Source: specification security.md S57.
 *
 * @param what it is, for people
 * @param agent what its User-Agent begins with
 */
record VitalRequest(String what, UserInfo user, String agent, String method, String target) {
  static final List<VitalRequest> ALL =
      List.of(
          component("kube-controller-manager"),
          component("kube-scheduler"),
          ofNode(
              "a renewal of a node's lease",
              "PUT",
              "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/some-node"),
          ofNode("a node's status", "PATCH", "/api/v1/nodes/some-node/status?timeout=10s"));

  private static VitalRequest component(String name) {
    return new VitalRequest(
        "a renewal of the lease of " + name,
        UserInfo.of("system:" + name, UserInfo.AUTHENTICATED),
        name + "/",
        "PUT",
        "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/" + name);
  }

  private static VitalRequest ofNode(String what, String method, String target) {
    return new VitalRequest(
        what,
        UserInfo.of("system:node:some-node", "system:nodes", UserInfo.AUTHENTICATED),
        "kubelet/",
        method,
        target);
  }

  RequestInfo info() {
    try {
      return RequestInfoParser.parse(method, RequestTarget.parse(target));
    } catch (RefusedException e) {
      throw new IllegalStateException(target, e);
    }
  }
}
