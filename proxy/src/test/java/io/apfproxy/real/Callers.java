package io.apfproxy.real;

import io.apfproxy.Trust;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.apfproxy.fixtures.raw.WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Those who send probes to one server, each over a connection of its own. For one thread, unless
 * the protocol {@linkplain WireProtocol#isShared lets threads share it}.
 */
final class Callers implements AutoCloseable {
  private static final String NOT_PRESENTED = "";

  /**
   * How one proves who it is.
   *
   * @param certificate name of its files in the control plane's PKI; empty for none
   * @param headers lines of its own
   */
  record Credential(String certificate, List<String> headers) {
    static Credential none() {
      return lines();
    }

    static Credential lines(String... headers) {
      return new Credential(NOT_PRESENTED, List.of(headers));
    }

    static Credential certificate(String name, String... headers) {
      return new Credential(name, List.of(headers));
    }

    static Credential token(String token, String... headers) {
      List<String> lines = new ArrayList<>(List.of("Authorization: Bearer " + token));
      lines.addAll(List.of(headers));
      return new Credential(NOT_PRESENTED, List.copyOf(lines));
    }
  }

  private final WireProtocol protocol;
  private final ControlPlane cluster;
  private final URI server;
  private final Path trusted;
  private final Map<String, Credential> credentials;
  private final Map<String, WireClient> clients = new ConcurrentHashMap<>();

  private Callers(
      WireProtocol protocol,
      ControlPlane cluster,
      URI server,
      Path trusted,
      Map<String, Credential> credentials) {
    this.protocol = protocol;
    this.cluster = cluster;
    this.server = server;
    this.trusted = trusted;
    this.credentials = credentials;
  }

  /**
   * Callers of the server itself.
   *
   * @param credentials of {@link CallerCatalogue}
   */
  static Callers direct(
      WireProtocol protocol, ControlPlane cluster, Map<String, Credential> credentials) {
    return new Callers(protocol, cluster, cluster.url(), cluster.pki("ca.crt"), credentials);
  }

  /** Callers of the proxy. */
  static Callers through(
      ProxyProcess proxy,
      WireProtocol protocol,
      ControlPlane cluster,
      Map<String, Credential> credentials) {
    return new Callers(protocol, cluster, proxy.url(), proxy.certificate(), credentials);
  }

  /** Sends it as its caller and reads the whole answer. */
  WireResponse send(Probe probe) throws IOException {
    Credential credential = credentials.get(probe.caller());
    List<String> lines = new ArrayList<>(credential.headers());
    lines.addAll(probe.headers());
    return client(probe.caller(), credential)
        .exchange(
            probe.method(), probe.target(), lines, probe.body().getBytes(StandardCharsets.UTF_8));
  }

  private WireClient client(String caller, Credential credential) {
    return clients.computeIfAbsent(
        caller,
        first ->
            protocol.client(
                server,
                credential.certificate().isEmpty()
                    ? Trust.in(trusted)
                    : ApiClient.context(
                        trusted,
                        cluster.pki(credential.certificate() + ".crt"),
                        cluster.pki(credential.certificate() + ".key"))));
  }

  /** How many requests the server declared untouched, which were then sent again. */
  int untouched() {
    return sum(Http2WireClient::untouched);
  }

  /** How many connections the server closed without waiting for the last word. */
  int cutOff() {
    return sum(Http2WireClient::cutOff);
  }

  private int sum(ToIntFunction<Http2WireClient> count) {
    return clients.values().stream()
        .mapToInt(client -> client instanceof Http2WireClient http2 ? count.applyAsInt(http2) : 0)
        .sum();
  }

  @Override
  public void close() {
    for (WireClient client : clients.values()) {
      try {
        client.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
