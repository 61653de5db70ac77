package io.apfproxy.server.listen;

import io.apfproxy.authn.who.PresentedChain;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Whom a listener is for.
 *
 * @param few only who presents a certificate that passes; they may have the descriptors that are
 *     kept free of others, so their connections need a limit; who has not shown it within seconds
 *     is closed
 * @param chains which certificates pass the handshake
 */
public record Clientele(boolean few, Chains chains) {
  /** All the world; who is believed is decided at each request. */
  public static final Clientele EVERYBODY = new Clientele(false, PresentedChain::checkSize);

  /** Looks at what a client presents, on the event loop of its connection. */
  @FunctionalInterface
  public interface Chains {
    /**
     * Lets it pass.
     *
     * @param chain the client's own certificate first
     * @throws CertificateException if the handshake is to fail
     */
    void check(List<X509Certificate> chain) throws CertificateException;
  }

  /** The few whose certificates pass. */
  public static Clientele holders(Chains chains) {
    return new Clientele(true, chains);
  }
}
