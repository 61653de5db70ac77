package io.apfproxy.kube;

import io.apfproxy.nullness.Nullable;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** One context of a kubeconfig file. */
final class KubeconfigSource implements CredentialSource {
  private final Path file;
  private final @Nullable String context;
  private volatile boolean plugin;

  KubeconfigSource(Path file, @Nullable String context) {
    this.file = file.toAbsolutePath();
    this.context = context;
  }

  @Override
  public String name() {
    return "--kubeconfig " + file;
  }

  @Override
  public Config load() throws UpstreamAccessException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UpstreamAccessException(name() + " cannot be read", e);
    }
    Kubeconfig parsed = Kubeconfig.parse(text, name());
    Kubeconfig.Selected selected = parsed.select(context);
    Object server = selected.cluster().get("server");
    if (!String.valueOf(server).matches("https?://.+")) { // fabric8 would put https:// before it
      throw new UpstreamAccessException(
          name() + ": server \"" + server + "\" must be an http or https URL");
    }
    plugin = selected.user().containsKey("exec");
    try {
      Config config = Config.fromKubeconfig(selected.context(), file.toFile());
      Object tokenFile = selected.user().get("tokenFile");
      if (tokenFile instanceof String path) {
        config.setOauthToken(readToken(file.resolveSibling(path)));
      }
      if (plugin && CredentialSource.token(config) == null && config.getClientCertData() == null) {
        throw new UpstreamAccessException(
            name() + ": the exec plug-in of context " + selected.context() + " gave no credential");
      }
      return config;
    } catch (RuntimeException e) {
      throw new UpstreamAccessException(
          name() + " cannot be used: " + e.getClass().getSimpleName(), e);
    }
  }

  private String readToken(Path path) throws UpstreamAccessException {
    try {
      return Files.readString(path).trim();
    } catch (IOException e) {
      throw new UpstreamAccessException(name() + ": tokenFile " + path + " cannot be read", e);
    }
  }

  @Override
  public Duration refresh() {
    return plugin ? Duration.ofMinutes(5) : Duration.ZERO;
  }
}
