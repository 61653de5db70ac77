package io.apfproxy.kube;

import io.apfproxy.nullness.Nullable;
import io.fabric8.kubernetes.client.Config;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy's own bearer token, read again from time to time: projected tokens and exec plug-ins
 * rotate theirs. A failed read keeps the last one.
 */
final class OwnToken implements Supplier<@Nullable String>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnToken.class);

  private final CredentialSource source;
  private @Nullable Periodic repetition;
  private volatile @Nullable String token;

  private OwnToken(CredentialSource source, @Nullable String token) {
    this.source = source;
    this.token = token;
  }

  static OwnToken of(CredentialSource source, Config loaded) {
    OwnToken own = new OwnToken(source, CredentialSource.token(loaded));
    if (own.token != null) {
      own.repetition = new Periodic("own-token", source.refresh(), own::refresh);
    }
    return own;
  }

  @Override
  public @Nullable String get() {
    return token;
  }

  void refresh() {
    try {
      String read = CredentialSource.token(source.load());
      if (read != null) {
        token = read;
      }
    } catch (UpstreamAccessException | RuntimeException e) {
      LOG.warn("The proxy's own token could not be read again, the last one stays: {}", text(e));
    }
  }

  /** Messages of plug-ins may hold what they printed: only ours are repeated. */
  private static String text(Exception e) {
    String message = e instanceof UpstreamAccessException ? e.getMessage() : null;
    return message == null ? e.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    if (repetition != null) {
      repetition.close();
    }
  }
}
