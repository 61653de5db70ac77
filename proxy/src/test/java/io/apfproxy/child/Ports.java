package io.apfproxy.child;

import io.apfproxy.fixtures.realcluster.FreePort;
import java.util.List;

/** Where a child listens on loopback, for clients and for operators: free a moment ago. */
public record Ports(int secure, int admin) {
  public static Ports free() {
    return new Ports(FreePort.find(), FreePort.find());
  }

  /** The proxy's flags that say so. */
  public List<String> flags() {
    return List.of("--bind-address=127.0.0.1", "--secure-port=" + secure, "--admin-port=" + admin);
  }
}
