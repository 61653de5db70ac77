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
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.jspecify.annotations.Nullable;

/**
 * What Go's verifier makes of a certificate's signature, its critical extensions and its name
 * constraints. Source: Go, crypto/x509, x509.go (signatureAlgorithmDetails, checkSignature),
 * parser.go (processExtensions, parseNameConstraintsExtension), constraints.go.
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

  /**
   * Key usage, basic constraints, places of revocation lists, policies, their mappings and
   * constraints, extended key usage, no policy at all.
   */
  private static final Set<String> HANDLED =
      Set.of(
          "2.5.29.15",
          "2.5.29.19",
          "2.5.29.31",
          "2.5.29.32",
          "2.5.29.33",
          "2.5.29.36",
          "2.5.29.37",
          "2.5.29.54");

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

  /** Refuses critical extensions that Go does not know, or of which it does not know the kind. */
  static void checkCritical(X509Certificate certificate) throws CertificateException {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical == null) {
      return;
    }
    for (String extension : critical) {
      boolean known =
          switch (extension) {
            case NAMES -> names(certificate).length > 0;
            case CONSTRAINTS -> areKnown(constraints(certificate));
            default -> HANDLED.contains(extension);
          };
      if (!known) {
        throw new CertificateException("unknown critical extension " + extension);
      }
    }
  }

  private static boolean areKnown(@Nullable NameConstraints constraints) {
    return constraints == null
        || (areKnown(constraints.getPermittedSubtrees())
            && areKnown(constraints.getExcludedSubtrees()));
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

  /** Keeps an authority to the names that it may issue. */
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

  private static GeneralName[] names(X509Certificate certificate) {
    return Stream.of(GoParser.names(certificate))
        .filter(name -> CONSTRAINED.contains(name.getTagNo()))
        .toArray(GeneralName[]::new);
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
