package io.apfproxy.kube;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Reads PEM text, and says in one line what is wrong with a file that holds none. */
final class PemFile {
  private PemFile() {}

  /**
   * @param what names the flag or field that named the file
   */
  static String read(Path file, String what) throws UpstreamAccessException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UpstreamAccessException(what + " " + file + " cannot be read", e);
    }
    if (!text.contains("-----BEGIN ")) {
      throw new UpstreamAccessException(what + " " + file + " must hold PEM");
    }
    return text;
  }

  /**
   * @param data PEM, or PEM in base64 as in a kubeconfig's {@code *-data} fields
   */
  static String decode(String data, String what) throws UpstreamAccessException {
    if (data.contains("-----BEGIN ")) {
      return data;
    }
    try {
      String text = new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
      if (text.contains("-----BEGIN ")) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      throw new UpstreamAccessException(what + " data must be PEM in base64", e);
    }
    throw new UpstreamAccessException(what + " data must be PEM in base64");
  }

  /**
   * The algorithm of a private key, which fabric8 does not find out for PKCS #8.
   *
   * @return {@code RSA}, {@code EC} or another name that {@link java.security.KeyFactory} knows
   */
  static String keyAlgorithm(String pem) throws UpstreamAccessException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        PrivateKeyInfo info =
            part instanceof PEMKeyPair pair
                ? pair.getPrivateKeyInfo()
                : part instanceof PrivateKeyInfo key ? key : null;
        if (info != null) {
          return new JcaPEMKeyConverter().getPrivateKey(info).getAlgorithm();
        }
      }
    } catch (IOException e) {
      throw new UpstreamAccessException("client key must be a private key in PEM", e);
    }
    throw new UpstreamAccessException("client key must be a private key in PEM, not encrypted");
  }
}
