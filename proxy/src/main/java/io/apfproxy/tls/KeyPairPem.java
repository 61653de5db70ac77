package io.apfproxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A certificate chain and the private key of its first certificate, checked against each other.
 *
 * @param chain the certificate to present first
 * @param pem the same as text, the key as PKCS #8 whatever form it had in the file
 */
public record KeyPairPem(List<X509Certificate> chain, PemKeyPair pem) {
  public KeyPairPem {
    chain = List.copyOf(chain);
  }

  /** One of the two files is not what it should be. */
  public static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean inKey;
    private final String expected;

    UnusableException(boolean inKey, String found) {
      this(inKey, found, "");
    }

    UnusableException(boolean inKey, String found, String expected) {
      super(found);
      this.inKey = inKey;
      this.expected = expected;
    }

    /**
     * @param otherwise what to say if nothing is known better
     */
    public String expected(String otherwise) {
      return expected.isEmpty() ? otherwise : expected;
    }

    /** Whether the key is to blame, not the certificate. */
    public boolean inKey() {
      return inKey;
    }
  }

  /**
   * Reads both.
   *
   * @throws UnusableException saying what was found, to be followed by what was expected
   */
  public static KeyPairPem of(byte[] certificates, byte[] key) throws UnusableException {
    Parts parts = parts(certificates, key);
    if (!belongTogether(parts.key(), parts.chain().get(0).getPublicKey())) {
      throw new UnusableException(true, "a key of another certificate");
    }
    return new KeyPairPem(
        parts.chain(),
        new PemKeyPair(
            new String(certificates, StandardCharsets.ISO_8859_1),
            pem("PRIVATE KEY", parts.key().getEncoded())));
  }

  record Parts(List<X509Certificate> chain, PrivateKey key) {}

  /** Reads both, and does not look whether they belong together: that takes a signature. */
  static Parts parts(byte[] certificates, byte[] key) throws UnusableException {
    List<X509Certificate> chain = chain(certificates);
    PublicKey publicKey = chain.get(0).getPublicKey();
    if (!TlsKeys.taken(publicKey)) {
      throw new UnusableException(false, "a key of " + TlsKeys.describe(publicKey), TlsKeys.TAKEN);
    }
    return new Parts(chain, privateKey(key));
  }

  /** The certificate that the other side sees. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** Days until that certificate ends; negative after that. */
  public double daysLeft(Instant now) {
    Instant end = leaf().getNotAfter().toInstant();
    return (end.getEpochSecond() - now.getEpochSecond()) / 86_400.0;
  }

  /** PEM of one object. */
  public static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static List<X509Certificate> chain(byte[] pem) throws UnusableException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .forEach(certificate -> chain.add((X509Certificate) certificate));
    } catch (GeneralSecurityException e) {
      throw new UnusableException(false, "no certificate that can be read");
    }
    if (chain.isEmpty()) {
      throw new UnusableException(false, "no certificate");
    }
    return chain;
  }

  private static PrivateKey privateKey(byte[] pem) throws UnusableException {
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(pem, StandardCharsets.ISO_8859_1)))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (object instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        // EC keys may be preceded by their curve's parameters
      }
    } catch (IOException e) {
      throw new UnusableException(true, "no private key that can be read");
    }
    throw new UnusableException(true, "no private key");
  }

  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] probe = publicKey.getEncoded();
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(probe);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // keys of different kinds, or of a kind TLS does not know
    }
  }
}
