package io.apfproxy.real;

import io.apfproxy.fixtures.raw.WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Those who send probes to one server, each over a connection of its own. For one thread. */
final class Callers implements AutoCloseable {
  private static final String NOT_PRESENTED = "";

  /**
   * How one proves who it is.
   *
   * @param certificate name of its files in the control plane's PKI; empty for none
   * @param headers lines of its own
   */
  record Credential(String certificate, List<String> headers) {
    static Credential certificate(String name, String... headers) {
      return new Credential(name, List.of(headers));
    }

    static Credential token(String token, String... headers) {
      List<String> lines = new ArrayList<>(List.of("Authorization: Bearer " + token));
      lines.addAll(List.of(headers));
      return new Credential(NOT_PRESENTED, List.copyOf(lines));
    }
  }

  private final ControlPlane cluster;
  private final URI server;
  private final Path trusted;
  private final Map<String, Credential> credentials;
  private final Map<String, WireClient> clients = new HashMap<>();

  /**
   * @param trusted certificate to trust
   * @param credentials of {@link #credentials}
   */
  Callers(ControlPlane cluster, URI server, Path trusted, Map<String, Credential> credentials) {
    this.cluster = cluster;
    this.server = server;
    this.trusted = trusted;
    this.credentials = credentials;
  }

  /** One of every kind. */
  static Map<String, Credential> credentials(ControlPlane cluster) {
    Map<String, Credential> known = new LinkedHashMap<>();
    known.put("admin-certificate", Credential.certificate("admin"));
    for (String user : List.of("admin", "alice", "bob", "nobody", "node", "kcm", "scheduler")) {
      known.put(user, Credential.token(ControlPlane.token(user)));
    }
    known.put("robot", Credential.token(serviceAccountToken(cluster, "default", "robot")));
    known.put("system-robot", Credential.token(serviceAccountToken(cluster, "kube-system", "bot")));
    known.put("anonymous", new Credential(NOT_PRESENTED, List.of()));
    known.put("unknown-token", Credential.token("no-such-token"));
    known.put(
        "front-proxy",
        Credential.certificate(
            "front-proxy-client",
            "X-Remote-User: eve",
            "X-Remote-Group: dev",
            "X-Remote-Group: ops",
            "X-Remote-Uid: uid-eve",
            "X-Remote-Extra-Scopes: one",
            "X-Remote-Extra-Scopes: two",
            "X-Remote-Extra-Example.com%2Fteam: blue"));
    known.put("admin-as-bob", Credential.token("admin-token", "Impersonate-User: bob"));
    known.put(
        "certificate-as-node",
        Credential.certificate(
            "admin", "Impersonate-User: system:node:n1", "Impersonate-Group: system:nodes"));
    known.put(
        "alice-as-everything",
        Credential.token(
            "alice-token",
            "Impersonate-User: carol",
            "Impersonate-Group: dev",
            "Impersonate-Group: ops",
            "Impersonate-Uid: uid-carol",
            "Impersonate-Extra-Scopes: one",
            "Impersonate-Extra-Example.com%2Fteam: blue"));
    known.put(
        "admin-as-service-account",
        Credential.token("admin-token", "Impersonate-User: system:serviceaccount:default:robot"));
    known.put(
        "admin-as-anonymous",
        Credential.token("admin-token", "Impersonate-User: system:anonymous"));
    known.put("bob-as-admin", Credential.token("bob-token", "Impersonate-User: admin"));
    return known;
  }

  private static String serviceAccountToken(ControlPlane cluster, String namespace, String name) {
    Kubectl admin = cluster.kubectl("admin");
    admin.run("create", "serviceaccount", name, "-n", namespace);
    return admin.run("create", "token", name, "-n", namespace).orThrow().stdout().strip();
  }

  /** The keys of {@link #credentials}, those more often whose requests are answered more often. */
  static List<String> mix(Map<String, Credential> credentials) {
    List<String> mix = new ArrayList<>(credentials.keySet());
    mix.addAll(credentials.keySet());
    for (int more = 0; more < 10; more++) {
      mix.addAll(List.of("admin-certificate", "admin", "alice"));
    }
    return mix;
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
            new WireClient(
                server,
                credential.certificate().isEmpty()
                    ? ApiClient.context(trusted, null, null)
                    : ApiClient.context(
                        trusted,
                        cluster.pki(credential.certificate() + ".crt"),
                        cluster.pki(credential.certificate() + ".key"))));
  }

  @Override
  public void close() {
    clients
        .values()
        .forEach(
            client -> {
              try {
                client.close();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }
}
