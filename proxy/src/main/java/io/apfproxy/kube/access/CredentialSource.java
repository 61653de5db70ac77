package io.apfproxy.kube.access;

import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the proxy's own credentials come from; read again for rotation. */
interface CredentialSource {
  /** What a message calls it: a file, or the pod's service account. */
  String name();

  /** Reads everything anew. May run an exec credential plug-in. */
  Config load() throws UpstreamAccessException;

  /** Shortest time between two calls of {@link #load}; zero if it only reads files. */
  Duration refresh();

  /** The bearer token in what was loaded; null if there is none. */
  static @Nullable String token(Config config) {
    String token = config.getOauthToken();
    if (token == null || token.isBlank()) {
      token = config.getAutoOAuthToken();
    }
    return token == null || token.isBlank() ? null : token.trim();
  }
}
