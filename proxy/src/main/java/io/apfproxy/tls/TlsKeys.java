package io.apfproxy.tls;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** Which keys certificates may have. Source: Go 1.25, crypto/tls, as in kube-apiserver. */
final class TlsKeys {
  /** What is taken, for people. */
  static final String TAKEN =
      "RSA of 1024 bits or more, ECDSA on P-256, P-384 or P-521, or Ed25519";

  private static final int LEAST_RSA_BITS = 1024;

  private TlsKeys() {}

  static boolean taken(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
    }
    return isOnCurve(key, 256) || isOnCurve(key, 384) || isOnCurve(key, 521) || isEd25519(key);
  }

  /** Whether BoringSSL, as it is built for Netty, does not verify signatures of such keys. */
  static boolean isRare(PublicKey key) {
    return !(key instanceof RSAPublicKey || isOnCurve(key, 256) || isOnCurve(key, 384));
  }

  private static boolean isEd25519(PublicKey key) {
    return key instanceof EdECPublicKey edwards && edwards.getParams().getName().equals("Ed25519");
  }

  private static boolean isOnCurve(PublicKey key, int bits) {
    // of each size the JDK reads one curve only
    return key instanceof ECPublicKey ec && bits(ec) == bits;
  }

  private static int bits(ECPublicKey key) {
    return key.getParams().getCurve().getField().getFieldSize();
  }

  /** Name for people. */
  static String describe(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return "RSA of " + rsa.getModulus().bitLength() + " bits";
    }
    if (key instanceof ECPublicKey ec) {
      return "ECDSA of " + bits(ec) + " bits";
    }
    return key instanceof EdECPublicKey edwards
        ? edwards.getParams().getName()
        : key.getAlgorithm();
  }
}
