package io.apfproxy.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a command reaches the admin listeners of running proxies.
 *
 * @param urls of the listeners, one at least; the paths of pages stand under their roots
 * @param tokenFile with the bearer token to send; null to send none
 * @param certificateAuthority PEM file that vouches for their certificates; null for those whom the
 *     Java runtime believes
 */
public record AdminAccess(
    List<URI> urls, @Nullable Path tokenFile, @Nullable Path certificateAuthority) {
  public AdminAccess {
    urls = List.copyOf(urls);
  }
}
