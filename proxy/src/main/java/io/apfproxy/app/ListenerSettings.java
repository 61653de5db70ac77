package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.server.ConnectionLimits;
import io.apfproxy.server.ServerConfig;
import io.apfproxy.upstream.UpstreamConfig.PemKeyPair;

/** Says to the listener what was asked for on the command line. */
final class ListenerSettings {
  private ListenerSettings() {}

  static ServerConfig of(ProxyOptions options, PemKeyPair certificate) {
    ProxyOptions.Listener listener = options.listener();
    return new ServerConfig(
        listener.bindAddress(),
        listener.securePort(),
        listener.eventLoops(),
        certificate,
        options.upstream().requestTimeout(),
        options.flowControl().exposeHeaders(),
        listener.goAwayChance(),
        connections(options.limits()));
  }

  private static ConnectionLimits connections(ProxyOptions.Limits limits) {
    return new ConnectionLimits(
        limits.connections(),
        limits.connectionsPerAddress(),
        limits.newConnectionsPerAddress(),
        limits.handshakes(),
        address -> limits.unlimited().stream().anyMatch(block -> block.contains(address)));
  }
}
