package io.apfproxy.authn.who;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.jspecify.annotations.Nullable;

/**
 * Where Go's verifier is stricter than the JDK's: signatures, and what authorities may not issue.
 * Source: Go, crypto/x509, x509.go (signatureAlgorithmDetails, checkSignature), parser.go
 * (parseNameConstraintsExtension), constraints.go.
 */
final class GoRules {
  private static final String PSS = "1.2.840.113549.1.1.10";

  /** RSA, ECDSA and Ed25519, with SHA-2 of 256 bits or more; SHA-1 and MD5 are forged by now. */
  private static final Set<String> SIGNATURES =
      Set.of(
          "1.2.840.113549.1.1.11",
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13",
          "1.2.840.10045.4.3.2",
          "1.2.840.10045.4.3.3",
          "1.2.840.10045.4.3.4",
          "1.3.101.112");

  /** Salts must be as long as the digest. */
  private static final Map<String, Integer> PSS_DIGESTS =
      Map.of("SHA-256", 32, "SHA-384", 48, "SHA-512", 64);

  private static final String NAMES = "2.5.29.17";
  private static final String CONSTRAINTS = "2.5.29.30";

  /** Names of other kinds are not looked at. */
  private static final Set<Integer> CONSTRAINED =
      Set.of(
          GeneralName.dNSName,
          GeneralName.rfc822Name,
          GeneralName.iPAddress,
          GeneralName.uniformResourceIdentifier);

  private GoRules() {}

  static void checkSignature(X509Certificate certificate) throws CertificateException {
    String algorithm = certificate.getSigAlgOID();
    if (!SIGNATURES.contains(algorithm) && !(algorithm.equals(PSS) && isUsualPss(certificate))) {
      throw new CertificateException("signed by " + certificate.getSigAlgName());
    }
  }

  private static boolean isUsualPss(X509Certificate certificate) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(certificate.getSigAlgParams());
      PSSParameterSpec pss = parameters.getParameterSpec(PSSParameterSpec.class);
      return Integer.valueOf(pss.getSaltLength()).equals(PSS_DIGESTS.get(pss.getDigestAlgorithm()))
          && pss.getMGFParameters() instanceof MGF1ParameterSpec mask
          && mask.getDigestAlgorithm().equals(pss.getDigestAlgorithm());
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return false;
    }
  }

  /** Refuses an issuer with critical constraints of a kind that Go does not know. */
  static void checkConstraints(X509Certificate issuer) throws CertificateException {
    NameConstraints constraints = constraints(issuer);
    Set<String> critical = issuer.getCriticalExtensionOIDs();
    if (constraints != null
        && critical != null
        && critical.contains(CONSTRAINTS)
        && !(areKnown(constraints.getPermittedSubtrees())
            && areKnown(constraints.getExcludedSubtrees()))) {
      throw new CertificateException("name constraints of an unknown kind");
    }
  }

  private static boolean areKnown(GeneralSubtree @Nullable [] subtrees) {
    return known(subtrees).length == (subtrees == null ? 0 : subtrees.length);
  }

  private static GeneralSubtree[] known(GeneralSubtree @Nullable [] subtrees) {
    return subtrees == null
        ? new GeneralSubtree[0]
        : Stream.of(subtrees)
            .filter(subtree -> CONSTRAINED.contains(subtree.getBase().getTagNo()))
            .toArray(GeneralSubtree[]::new);
  }

  /** Keeps an authority of ours to the names that it may issue: the JDK keeps those below only. */
  static void checkNames(X509Certificate authority, List<X509Certificate> issued)
      throws CertificateException {
    NameConstraints constraints = constraints(authority);
    if (constraints == null) {
      return;
    }
    try {
      PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
      GeneralSubtree[] permitted = known(constraints.getPermittedSubtrees());
      if (permitted.length > 0) {
        validator.intersectPermittedSubtree(permitted);
      }
      for (GeneralSubtree excluded : known(constraints.getExcludedSubtrees())) {
        validator.addExcludedSubtree(excluded);
      }
      for (X509Certificate certificate : issued) {
        for (GeneralName name : names(certificate)) {
          validator.checkPermitted(name);
          validator.checkExcluded(name);
        }
      }
    } catch (NameConstraintValidatorException | RuntimeException e) {
      throw new CertificateException("not a name that its authority may issue", e);
    }
  }

  private static List<GeneralName> names(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(NAMES);
    return extension == null
        ? List.of()
        : Stream.of(
                GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets())
                    .getNames())
            .filter(name -> CONSTRAINED.contains(name.getTagNo()))
            .toList();
  }

  private static @Nullable NameConstraints constraints(X509Certificate certificate)
      throws CertificateException {
    byte[] extension = certificate.getExtensionValue(CONSTRAINTS);
    try {
      return extension == null
          ? null
          : NameConstraints.getInstance(ASN1OctetString.getInstance(extension).getOctets());
    } catch (IllegalArgumentException e) {
      throw new CertificateException("name constraints cannot be read", e);
    }
  }
}
