package io.apfproxy.tls;

import javax.net.ssl.SSLException;

/**
 * Which of the two TLS engines makes a connection. BoringSSL is several times cheaper, but neither
 * asks for nor believes signatures of Ed25519 and P-521 keys, and nothing can tell it to. Called on
 * event loops.
 */
public interface EngineChoice {
  /** For where nobody presents a certificate: the cheaper one. */
  EngineChoice CHEAPER =
      new EngineChoice() {
        @Override
        public boolean needsJdk(String peer) {
          return false;
        }

        @Override
        public void failed(String peer, boolean byJdk, SSLException cause) {
          // the other one would fail as well
        }
      };

  /**
   * @param peer address or name of the other side, as the library gives it
   */
  boolean needsJdk(String peer);

  /** A handshake failed, other than by taking too long. */
  void failed(String peer, boolean byJdk, SSLException cause);
}
