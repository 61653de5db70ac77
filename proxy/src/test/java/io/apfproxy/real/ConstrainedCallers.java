package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.real.Callers.Credential;
import java.util.Map;

/**
 * Service accounts that act as others by the rights of kube-apiserver 1.36 and newer. Each has
 * those of one way only: a server remembers how somebody was granted last, so for others its answer
 * would depend on the order of the requests.
 */
final class ConstrainedCallers {
  private static final String PREFIX = "constrained-";
  private static final String NODE = "Impersonate-User: system:node:";

  private ConstrainedCallers() {}

  static boolean contains(String caller) {
    return caller.startsWith(PREFIX);
  }

  static void putInto(Map<String, Credential> known, ControlPlane cluster) {
    Kubectl admin = cluster.kubectl("admin");
    admin.runWithInput(TestResources.read("/real/constrained.yaml"), "apply", "-f", "-").orThrow();
    String agent = token(admin, "agent", "--bound-object-kind=Pod", "--bound-object-name=agent");
    put(known, "agent-as-its-node", agent, NODE + "constrained-node");
    put(known, "agent-as-another-node", agent, NODE + "elsewhere");
    put(known, "stray-agent-as-node", token(admin, "agent"), NODE + "constrained-node");
    put(known, "as-node", token(admin, "node-actor"), NODE + "elsewhere");
    put(
        known,
        "as-service-account",
        token(admin, "account-actor"),
        "Impersonate-User: system:serviceaccount:default:robot");
    put(
        known,
        "as-carol",
        token(admin, "user-actor"),
        "Impersonate-User: carol",
        "Impersonate-Uid: 7",
        "Impersonate-Group: dev",
        "Impersonate-Group: ops",
        "Impersonate-Group: qa",
        "Impersonate-Group: system:nodes",
        "Impersonate-Extra-Example.com%2Fteam: blue");
    put(
        known,
        "as-master",
        token(admin, "user-actor"),
        "Impersonate-User: carol",
        "Impersonate-Group: system:masters");
  }

  private static void put(
      Map<String, Credential> known, String name, String token, String... lines) {
    known.put(PREFIX + name, Credential.token(token, lines));
  }

  private static String token(Kubectl admin, String account, String... bound) {
    String[] command = {"create", "token", account, "-n", "default"};
    String[] all = new String[command.length + bound.length];
    System.arraycopy(command, 0, all, 0, command.length);
    System.arraycopy(bound, 0, all, command.length, bound.length);
    return admin.run(all).orThrow().stdout().strip();
  }
}
