package io.apfproxy.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Where a child listens on loopback, for clients and for operators: free a moment ago. */
public record Ports(int secure, int admin) {
  private static final int LOWEST = 12_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 100;

  public static Ports free() {
    return new Ports(freePort(), freePort());
  }

  /** The proxy's flags that say so. */
  public List<String> flags() {
    return List.of("--bind-address=127.0.0.1", "--secure-port=" + secure, "--admin-port=" + admin);
  }

  /** Below those that the machine gives to outgoing connections, of which an attack makes many. */
  public static int freePort() {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int candidate = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // the next one
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no free port in " + LOWEST + " to " + HIGHEST + " found");
  }
}
