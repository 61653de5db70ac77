package io.apfproxy.authn.who;

import io.apfproxy.request.UserInfo;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Who a verified certificate is about. Source: kube-apiserver, authentication/request/x509, {@code
 * CommonNameUserConversion}.
 *
 * @param commonName empty if it has none
 * @param user empty if the subject is nobody: no common name, or an unclear uid
 * @param unclear whether the subject contradicts itself
 */
record CertificateSubject(String commonName, Optional<UserInfo> user, boolean unclear) {
  static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";
  private static final ASN1ObjectIdentifier UID = new ASN1ObjectIdentifier("1.3.6.1.4.1.57683.2");

  static CertificateSubject of(X509Certificate certificate) throws GeneralSecurityException {
    String commonName = "";
    List<String> groups = new ArrayList<>();
    List<String> uids = new ArrayList<>();
    try {
      X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      for (RDN names : subject.getRDNs()) {
        for (AttributeTypeAndValue attribute : names.getTypesAndValues()) {
          if (BCStyle.CN.equals(attribute.getType())) {
            commonName = GoText.of(attribute.getValue()); // as in Go, the last one counts
          } else if (BCStyle.O.equals(attribute.getType())) {
            groups.add(GoText.of(attribute.getValue()));
          } else if (UID.equals(attribute.getType())) {
            uids.add(GoText.of(attribute.getValue()));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new CertificateException("subject cannot be read", e);
    }
    boolean unclear = uids.size() > 1 || uids.contains("");
    if (commonName.isEmpty() || unclear) {
      return new CertificateSubject(commonName, Optional.empty(), unclear);
    }
    String fingerprint =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    return new CertificateSubject(
        commonName,
        Optional.of(
            new UserInfo(
                commonName,
                uids.isEmpty() ? "" : uids.get(0),
                groups,
                Map.of(CREDENTIAL_ID, List.of("X509SHA256=" + fingerprint)))),
        false);
  }
}
