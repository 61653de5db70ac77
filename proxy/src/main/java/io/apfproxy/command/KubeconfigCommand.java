package io.apfproxy.command;

import io.apfproxy.cli.KubeconfigOptions;
import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.KubeconfigWriter;
import io.apfproxy.kube.access.UpstreamAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
