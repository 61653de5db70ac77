package io.apfproxy.kube.access;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One context of a kubeconfig file. */
final class KubeconfigSource implements CredentialSource {
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);
  private static final Duration LATER_LIMIT = Duration.ofSeconds(30);

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
    ExecPlugin.Credential given = null;
    if (selected.user().get("exec") instanceof Map<?, ?> exec) {
      given =
          new ExecPlugin(Kubeconfig.map(exec), selected.cluster(), file)
              .run(plugin ? LATER_LIMIT : FIRST_LIMIT);
      plugin = true;
      var unused = selected.user().remove("exec"); // the library would wait for it without end
    }
    try {
      Config config =
          given == null
              ? Config.fromKubeconfig(selected.context(), file.toFile())
              : withoutFile(selected.context(), parsed.write());
      Object tokenFile = selected.user().get("tokenFile");
      if (tokenFile instanceof String path) {
        config.setOauthToken(readToken(file.resolveSibling(path)));
      }
      if (given != null) {
        if (given.token() != null) {
          config.setOauthToken(given.token());
        }
        if (given.certificate() != null) {
          config.setClientCertData(given.certificate());
          config.setClientKeyData(given.key());
        }
      }
      return config;
    } catch (RuntimeException e) {
      throw new UpstreamAccessException(
          name() + " cannot be used: " + e.getClass().getSimpleName(), e);
    }
  }

  /** What is beside the file is still found. */
  @SuppressWarnings("removal") // the one that stays reads the file itself, plug-in and all
  private Config withoutFile(String chosen, String kubeconfig) {
    return Config.fromKubeconfig(chosen, kubeconfig, file.toString());
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
