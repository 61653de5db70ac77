package io.apfproxy.command;

import io.apfproxy.cli.KubeconfigOptions;
import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.KubeconfigWriter;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.tls.KeyPairPem.UnusableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    byte @Nullable [] trusted =
        authority == null ? null : read("--certificate-authority", authority, "a PEM file");
    String text = new String(read("--kubeconfig", file, "a kubeconfig"), StandardCharsets.UTF_8);
    try {
      return options.holder() == null
          ? KubeconfigWriter.rewrite(text, folder(file), options.server().toString(), authority)
          : forHolder(options.holder(), text, options.server().toString(), trusted);
    } catch (UpstreamAccessException e) {
      throw new StartException("--kubeconfig: " + file + ": " + e.getMessage(), e);
    }
  }

  private static String forHolder(
      KubeconfigOptions.Holder holder, String text, String server, byte @Nullable [] authority)
      throws StartException, UpstreamAccessException {
    byte[] certificate = read("--client-certificate", holder.certificate(), "a PEM file");
    byte[] key = read("--client-key", holder.key(), "a PEM file");
    try {
      KeyPairPem.of(certificate, key);
    } catch (UnusableException e) {
      Path file = e.inKey() ? holder.key() : holder.certificate();
      throw new StartException(
          (e.inKey() ? "--client-key: found " : "--client-certificate: found ")
              + e.getMessage()
              + " in "
              + file
              + ", expected "
              + e.expected(e.inKey() ? "the PEM key of the certificate" : "PEM certificates"),
          e);
    }
    return KubeconfigWriter.forHolder(text, server, authority, certificate, key);
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder;
  }

  private static byte[] read(String flag, Path file, String expected) throws StartException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartException(
          flag + ": cannot read " + file + " (" + Reasons.of(e) + "), expected " + expected, e);
    }
  }
}
