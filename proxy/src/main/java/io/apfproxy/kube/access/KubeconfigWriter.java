package io.apfproxy.kube.access;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the kubeconfig with which clients go through the proxy instead of straight upstream. */
public final class KubeconfigWriter {
  private static final List<String> CLUSTER_TRUST =
      List.of(
          "certificate-authority",
          "certificate-authority-data",
          "insecure-skip-tls-verify",
          "tls-server-name");
  private static final List<String> USER_FILES =
      List.of("client-certificate", "client-key", "tokenFile");

  private KubeconfigWriter() {}

  /**
   * The same users and contexts; every cluster is reached at the proxy.
   *
   * @param text the kubeconfig
   * @param folder where it lies: relative file names in it become absolute
   * @param server URL of the proxy
   * @param certificateAuthority file with the authority of the proxy's certificate; null for the
   *     machine's trusted authorities
   * @throws UpstreamAccessException if {@code text} is not a kubeconfig
   */
  public static String rewrite(
      String text, Path folder, String server, @Nullable Path certificateAuthority)
      throws UpstreamAccessException {
    Kubeconfig config = Kubeconfig.parse(text, "the kubeconfig");
    leadTo(
        server,
        config,
        "certificate-authority",
        certificateAuthority == null ? null : certificateAuthority.toAbsolutePath().toString());
    for (Map<String, Object> user : config.values("users", "user")) {
      for (String field : USER_FILES) {
        if (user.get(field) instanceof String file && !file.isEmpty()) {
          user.put(field, absolute(folder, file));
        }
      }
      if (user.get("exec") instanceof Map<?, ?> exec) {
        makeCommandAbsolute(exec, folder);
      }
    }
    return config.write();
  }

  /**
   * The same contexts, all with one user and one authority, which stand in the text itself: it
   * works wherever it is kept.
   *
   * @param text the kubeconfig
   * @param server URL of the proxy's break-glass listener
   * @param certificateAuthority PEM of the authority of its certificate; null for the machine's
   * @param certificate PEM
   * @param key PEM
   * @throws UpstreamAccessException if {@code text} is not a kubeconfig
   */
  public static String forHolder(
      String text,
      String server,
      byte @Nullable [] certificateAuthority,
      byte[] certificate,
      byte[] key)
      throws UpstreamAccessException {
    Kubeconfig config = Kubeconfig.parse(text, "the kubeconfig");
    leadTo(
        server,
        config,
        "certificate-authority-data",
        certificateAuthority == null ? null : base64(certificateAuthority));
    for (Map<String, Object> user : config.values("users", "user")) {
      user.clear();
      user.put("client-certificate-data", base64(certificate));
      user.put("client-key-data", base64(key));
    }
    return config.write();
  }

  private static String base64(byte[] pem) {
    return Base64.getEncoder().encodeToString(pem);
  }

  /**
   * Has every cluster reached at one server.
   *
   * @param field that says whom to trust
   * @param authority its value; null for the machine's trusted authorities
   */
  private static void leadTo(
      String server, Kubeconfig config, String field, @Nullable String authority)
      throws UpstreamAccessException {
    List<Map<String, Object>> clusters = config.values("clusters", "cluster");
    if (clusters.isEmpty()) {
      throw new UpstreamAccessException("the kubeconfig has no clusters");
    }
    for (Map<String, Object> cluster : clusters) {
      CLUSTER_TRUST.forEach(cluster::remove);
      cluster.put("server", server);
      if (authority != null) {
        cluster.put(field, authority);
      }
    }
  }

  /**
   * As kubectl reads it: a command with a slash is relative to the file, a bare one is searched.
   */
  @SuppressWarnings("unchecked") // YAML mappings of a kubeconfig have strings as keys
  private static void makeCommandAbsolute(Map<?, ?> exec, Path folder) {
    if (exec.get("command") instanceof String command && command.contains("/")) {
      ((Map<String, Object>) exec).put("command", absolute(folder, command));
    }
  }

  private static String absolute(Path folder, String file) {
    return folder.toAbsolutePath().resolve(file).normalize().toString();
  }
}
