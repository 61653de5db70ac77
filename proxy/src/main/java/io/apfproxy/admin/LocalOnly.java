package io.apfproxy.admin;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Lets through what comes from this machine and means this machine. The second half stops a web
 * page whose host name was pointed at the loopback address (DNS rebinding). Source: specification
 * security.md, S77, S78.
 */
final class LocalOnly {
  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  boolean allows(HttpServerRequest request) {
    return isLoopback(request.remoteAddress()) && namesThisMachine(request.authority());
  }

  private static boolean isLoopback(SocketAddress peer) {
    if (peer == null || peer.hostAddress() == null) {
      return false;
    }
    try {
      // a literal: nothing is looked up
      return InetAddress.getByName(peer.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean namesThisMachine(HostAndPort authority) {
    return authority != null && LOCAL_HOSTS.contains(authority.host().toLowerCase(Locale.ROOT));
  }
}
