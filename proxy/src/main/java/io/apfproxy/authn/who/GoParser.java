package io.apfproxy.authn.who;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/**
 * What Go does not read though Java does: kube-apiserver ends the handshake of whoever presents it.
 * Source: Go, crypto/x509, parser.go (parseCertificate, parseName, parseSANExtension).
 */
final class GoParser {
  private static final String NAMES = "2.5.29.17";

  private GoParser() {}

  /**
   * @throws CertificateException if Go would not have read it
   */
  static void check(X509Certificate certificate) throws CertificateException {
    if (certificate.getSerialNumber().signum() < 0) {
      throw new CertificateException("negative serial number");
    }
    try {
      checkName(certificate.getIssuerX500Principal());
      checkName(certificate.getSubjectX500Principal());
      for (GeneralName name : names(certificate)) {
        checkAlternative(name);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new CertificateException("names cannot be read", e);
    }
  }

  /** The alternative names of a certificate's subject. */
  static GeneralName[] names(X509Certificate certificate) {
    byte @Nullable [] extension = certificate.getExtensionValue(NAMES);
    return extension == null
        ? new GeneralName[0]
        : GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getNames();
  }

  private static void checkName(X500Principal principal) throws CertificateException {
    for (RDN names : X500Name.getInstance(principal.getEncoded()).getRDNs()) {
      for (AttributeTypeAndValue attribute : names.getTypesAndValues()) {
        GoText.of(attribute.getValue());
      }
    }
  }

  private static void checkAlternative(GeneralName name) throws CertificateException {
    switch (name.getTagNo()) {
      case GeneralName.rfc822Name, GeneralName.dNSName, GeneralName.uniformResourceIdentifier ->
          GoText.of(ASN1IA5String.getInstance(name.getName()));
      case GeneralName.iPAddress -> {
        int length = ASN1OctetString.getInstance(name.getName()).getOctets().length;
        if (length != 4 && length != 16) {
          throw new CertificateException("address of " + length + " bytes");
        }
      }
      default -> {
        // not looked at
      }
    }
  }
}
