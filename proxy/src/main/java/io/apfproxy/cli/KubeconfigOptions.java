package io.apfproxy.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kubeconfig} is asked for.
 *
 * @param kubeconfig the one to start from
 * @param server URL of the proxy as its clients reach it
 * @param certificateAuthority PEM file that vouches for the proxy; null for the machine's own
 * @param holder who comes in by the break-glass listener; null to keep the users
 */
public record KubeconfigOptions(
    Path kubeconfig, URI server, @Nullable Path certificateAuthority, @Nullable Holder holder) {
  /** PEM files of a client certificate and its key. */
  public record Holder(Path certificate, Path key) {}
}
