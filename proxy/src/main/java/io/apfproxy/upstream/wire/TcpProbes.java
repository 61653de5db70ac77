package io.apfproxy.upstream.wire;

import io.vertx.core.net.TCPSSLOptions;

/**
 * How soon the kernel finds out that nobody is at the other end of a silent connection, on epoll
 * and io_uring; NIO leaves the times to the system. What has been sent and is not acknowledged is
 * {@link Liveness}' part. Source: specification security.md S87.
 */
public final class TcpProbes {
  private TcpProbes() {}

  /** After 3 s of silence, given up 6 s later: a dead path is known within 10 s. */
  static <T extends TCPSSLOptions> T toUpstream(T options) {
    return probes(options, 3, 2, 3);
  }

  /** After 20 s of silence, given up 30 s later: a vanished client is known within a minute. */
  public static <T extends TCPSSLOptions> T toClients(T options) {
    return probes(options, 20, 10, 3);
  }

  private static <T extends TCPSSLOptions> T probes(
      T options, int idleSeconds, int intervalSeconds, int count) {
    options
        .setTcpKeepAlive(true)
        .setTcpKeepAliveIdleSeconds(idleSeconds)
        .setTcpKeepAliveIntervalSeconds(intervalSeconds)
        .setTcpKeepAliveCount(count);
    return options;
  }
}
