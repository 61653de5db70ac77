package io.apfproxy.kube.access;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The service account of the pod the proxy runs in. */
final class ServiceAccountSource implements CredentialSource {
  private static final Path MOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private final Path mount;
  private final UnaryOperator<@Nullable String> environment;

  ServiceAccountSource() {
    this(MOUNT, System::getenv);
  }

  ServiceAccountSource(Path mount, UnaryOperator<@Nullable String> environment) {
    this.mount = mount;
    this.environment = environment;
  }

  @Override
  public String name() {
    return "in-cluster configuration";
  }

  @Override
  public Config load() throws UpstreamAccessException {
    String host = environment.apply("KUBERNETES_SERVICE_HOST");
    String port = environment.apply("KUBERNETES_SERVICE_PORT");
    if (host == null || host.isEmpty() || port == null || port.isEmpty()) {
      throw new UpstreamAccessException(
          "no upstream: give --kubeconfig, or run in a pod (KUBERNETES_SERVICE_HOST and"
              + " KUBERNETES_SERVICE_PORT are not set)");
    }
    String token;
    try {
      token = Files.readString(mount.resolve("token")).trim();
    } catch (IOException e) {
      throw new UpstreamAccessException(
          "no upstream: " + mount.resolve("token") + " cannot be read; give --kubeconfig", e);
    }
    String namespace;
    try {
      namespace = Files.readString(mount.resolve("namespace")).trim();
    } catch (IOException e) {
      throw new UpstreamAccessException(
          "no namespace: " + mount.resolve("namespace") + " cannot be read", e);
    }
    return new ConfigBuilder(Config.empty())
        .withNamespace(namespace)
        .withMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port)
        .withCaCertFile(mount.resolve("ca.crt").toString())
        .withOauthToken(token)
        .build();
  }

  @Override
  public Duration refresh() {
    return Duration.ZERO;
  }
}
