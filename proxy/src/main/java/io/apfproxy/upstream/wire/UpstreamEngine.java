package io.apfproxy.upstream.wire;

import io.apfproxy.tls.EngineChoice;
import io.vertx.core.Future;
import java.security.cert.CertificateException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out by trying which engine an upstream's certificate needs. Belongs to one event loop, as
 * do the {@link MemberConnections} that have it.
 */
final class UpstreamEngine implements EngineChoice {
  /*
   * A server whose only certificate has a key that BoringSSL does not offer to verify answers its
   * hello with an alert. The other engine is tried at once then, and kept for as long as it works.
   */
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamEngine.class);

  private boolean jdk;
  private long changes;

  @Override
  public boolean needsJdk(String peer) {
    return jdk;
  }

  @Override
  public void failed(String peer, boolean byJdk, SSLException cause) {
    if (byJdk != jdk || isDistrust(cause)) {
      return;
    }
    jdk = !byJdk;
    changes++;
    LOG.debug(
        "TLS with the upstream failed by {} ({}), trying {}",
        byJdk ? "the JDK" : "BoringSSL",
        cause.getMessage(),
        byJdk ? "BoringSSL" : "the JDK");
  }

  /** We read its certificate and do not believe it: nor would the other engine. */
  private static boolean isDistrust(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  /** Connects, and once more if the other engine is to be tried. */
  <T> Future<T> connect(Supplier<Future<T>> attempt) {
    long before = changes;
    return attempt
        .get()
        .recover(cause -> changes == before ? Future.<T>failedFuture(cause) : attempt.get());
  }
}
