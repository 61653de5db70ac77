package io.apfproxy.authn.who;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a TLS client may present. Source: the bound is ours, kube-apiserver's is Go's 64 KiB. */
public final class PresentedChain {
  private static final int MOST_CERTIFICATES = 8;
  private static final int MOST_BYTES = 32 << 10;

  private PresentedChain() {}

  /**
   * Looks at sizes only; nothing is parsed.
   *
   * @throws CertificateException if there are more than 8, or they take more than 32 KiB
   */
  public static void checkSize(List<X509Certificate> chain) throws CertificateException {
    if (chain.size() > MOST_CERTIFICATES) {
      throw new CertificateException(
          chain.size() + " certificates, expected at most " + MOST_CERTIFICATES);
    }
    int bytes = 0;
    for (X509Certificate certificate : chain) {
      bytes += certificate.getEncoded().length;
    }
    if (bytes > MOST_BYTES) {
      throw new CertificateException(
          "certificates of " + bytes + " bytes, expected at most " + MOST_BYTES);
    }
  }

  /** A name for all of it: 32 bytes as ISO-8859-1 chars. */
  static String fingerprint(List<X509Certificate> chain) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : chain) {
        byte[] encoded = certificate.getEncoded();
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(encoded.length).flip());
        digest.update(encoded);
      }
      return new String(digest.digest(), StandardCharsets.ISO_8859_1);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("what came over the wire has its bytes", e);
    }
  }
}
