package io.apfproxy.app;

import io.apfproxy.cli.KubeconfigOptions;
import io.apfproxy.cli.Reasons;
import io.apfproxy.kube.KubeconfigWriter;
import io.apfproxy.kube.UpstreamAccessException;
import io.apfproxy.nullness.Nullable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the kubeconfig that leads through the proxy. */
public final class KubeconfigCommand {
  private KubeconfigCommand() {}

  /**
   * @return the text of the new kubeconfig
   */
  public static String run(KubeconfigOptions options) throws StartException {
    Path file = options.kubeconfig();
    @Nullable Path authority = options.certificateAuthority();
    if (authority != null && !Files.isReadable(authority)) {
      throw new StartException(
          "--certificate-authority: cannot read " + authority + ", expected a PEM file");
    }
    Path folder = file.toAbsolutePath().getParent();
    try {
      return KubeconfigWriter.rewrite(
          Files.readString(file),
          folder == null ? file.toAbsolutePath() : folder,
          options.server().toString(),
          authority);
    } catch (IOException e) {
      throw new StartException(
          "--kubeconfig: cannot read " + file + " (" + Reasons.of(e) + "), expected a kubeconfig");
    } catch (UpstreamAccessException e) {
      throw new StartException("--kubeconfig: " + file + ": " + e.getMessage(), e);
    }
  }
}
