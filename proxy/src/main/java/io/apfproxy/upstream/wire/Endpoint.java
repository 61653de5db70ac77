package io.apfproxy.upstream.wire;

import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.URI;

/** Where one kube-apiserver is. Immutable; nothing in a request decides where it connects to. */
final class Endpoint {
  private final URI server;
  private final boolean tls;
  private final SocketAddress address;
  private final HostAndPort authority;
  private final String pathPrefix;

  /**
   * @param server scheme, host, port and perhaps a path prefix, as in a kubeconfig
   */
  Endpoint(URI server) {
    this.server = server;
    this.tls = !"http".equalsIgnoreCase(server.getScheme());
    String host = server.getHost(); // an IPv6 address in brackets
    int port = server.getPort();
    if (port < 0) {
      port = tls ? 443 : 80;
    }
    this.address = SocketAddress.inetSocketAddress(port, host);
    this.authority = HostAndPort.create(host, port);
    String path = server.getRawPath();
    this.pathPrefix = path == null ? "" : path.replaceAll("/+$", "");
  }

  URI server() {
    return server;
  }

  boolean tls() {
    return tls;
  }

  SocketAddress address() {
    return address;
  }

  /** Value of {@code Host} there, for requests of the proxy's own. */
  HostAndPort authority() {
    return authority;
  }

  /** The target there of a path: its path prefix, then that. */
  String below(String path) {
    return pathPrefix + path;
  }

  /**
   * Value of {@code Host} there. Behind the subresource {@code proxy} it is the client's: the
   * server passes it to the back end, which compares origins and makes links with it. An upstream
   * below a path is shared by its host's name, so there it stays the upstream's.
   */
  HostAndPort authority(Outgoing request) {
    String asked = request.clientAuthority();
    if (!request.redirectsAnywhere() || asked == null || !pathPrefix.isEmpty()) {
      return authority;
    }
    HostAndPort client = HostAndPort.parseAuthority(asked, -1);
    return client == null ? authority : client;
  }

  /** The target there: its path prefix, then the client's bytes. */
  String target(Outgoing request) {
    return pathPrefix.isEmpty() ? request.target() : below(request.target());
  }
}
