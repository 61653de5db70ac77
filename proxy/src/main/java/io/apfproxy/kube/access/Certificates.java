package io.apfproxy.kube.access;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads certificates from PEM. */
public final class Certificates {
  private Certificates() {}

  /**
   * @param what names the flag that named the file
   */
  public static List<X509Certificate> read(Path file, String what) throws UpstreamAccessException {
    return parse(PemFile.read(file, what), what + " " + file);
  }

  /**
   * @param what names the origin of the text
   */
  public static List<X509Certificate> parse(String pem, String what)
      throws UpstreamAccessException {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new UpstreamAccessException(what + " must hold at least one certificate");
      }
      return certificates;
    } catch (CertificateException e) {
      throw new UpstreamAccessException(what + " must hold certificates in PEM", e);
    }
  }
}
