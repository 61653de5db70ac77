package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;

/** Certificates, and chains of them, of which client certificates may be made. */
final class ClientCertificates {
  private static final ASN1ObjectIdentifier USAGE = Extension.extendedKeyUsage;
  private static final ASN1ObjectIdentifier OTHERS = Extension.subjectAlternativeName;
  private static final UnaryOperator<ForgedCertificate> PLAIN = UnaryOperator.identity();

  private final PresentedChains made;

  private ClientCertificates(PresentedChains made) {
    this.made = made;
  }

  /** By what is special about them, which is also their common name. */
  static Map<String, ClientChain> all(TrustedIssuers trusted) {
    PresentedChains made = new PresentedChains(trusted);
    ClientCertificates leaves = new ClientCertificates(made);
    leaves.putTimesAndNumbers();
    leaves.putKeysAndSignatures();
    leaves.putUsages();
    leaves.putExtensions();
    ClientChains.addTo(made);
    OddSubjects.of(made.ca()).forEach((name, forged) -> made.put(name, forged.issue().alone()));
    return made.all();
  }

  private void putTimesAndNumbers() {
    Instant now = Instant.now();
    Duration hour = Duration.ofHours(1);
    made.put("good", made.ca(), PLAIN);
    made.put("expired", made.ca(), leaf -> leaf.valid(now.minus(hour), now.minusSeconds(2)));
    made.put(
        "not yet valid",
        made.ca(),
        leaf -> leaf.valid(now.plus(hour), now.plus(hour.multipliedBy(2))));
    made.put("never valid", made.ca(), leaf -> leaf.valid(now.plus(hour), now.minus(hour)));
    made.put(
        "valid for 300 years",
        made.ca(),
        leaf -> leaf.valid(now, now.plus(Duration.ofDays(110_000))));
    made.put("number 0", made.ca(), leaf -> leaf.serial(BigInteger.ZERO));
    made.put("number below 0", made.ca(), leaf -> leaf.serial(BigInteger.valueOf(-7)));
    made.put("number of 40 bytes", made.ca(), leaf -> leaf.serial(BigInteger.TWO.pow(319)));
    made.put("first version", made.ca(), ForgedCertificate::firstVersion);
    made.put("24 KiB", made.ca(), leaf -> leaf.padding(24 << 10));
  }

  private void putKeysAndSignatures() {
    Issuer rsa = made.trusted("rsa");
    for (KeyKind kind : KeyKind.values()) {
      if (kind != KeyKind.P224 && kind != KeyKind.RSA_PSS) { // not presented or not asked for
        made.put("key " + kind, kind, made.ca(), PLAIN);
      }
      Issuer lower = made.ca().below("lower " + kind, kind, PLAIN);
      made.put("signed with " + kind, lower, PLAIN, lower);
    }
    for (String name : List.of("rsa-1024", "p521", "ed25519")) {
      made.put("signed by authority " + name, made.trusted(name), PLAIN);
    }
    for (String signature :
        List.of(
            "MD5withRSA",
            "SHA1withRSA",
            "SHA224withRSA",
            "SHA384withRSA",
            "SHA512withRSA",
            "SHA256withRSAandMGF1",
            "SHA1withRSAandMGF1")) {
      made.put(signature, rsa, leaf -> leaf.signature(signature));
    }
    for (String signature : List.of("SHA1withECDSA", "SHA384withECDSA", "SHA3-256withECDSA")) {
      made.put(signature, made.ca(), leaf -> leaf.signature(signature));
    }
    made.put(
        "signed by another key",
        new Issuer(made.ca().name(), rsa.keys(), rsa.signature(), rsa.certificate()),
        PLAIN);
  }

  private void putUsages() {
    made.put("no extensions", made.ca(), ForgedCertificate::bare);
    made.put("for servers", made.ca(), leaf -> usage(leaf, KeyPurposeId.id_kp_serverAuth));
    made.put(
        "for servers and clients",
        made.ca(),
        leaf -> usage(leaf, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    made.put("for anything", made.ca(), leaf -> usage(leaf, KeyPurposeId.anyExtendedKeyUsage));
    made.put("for mail", made.ca(), leaf -> usage(leaf, KeyPurposeId.id_kp_emailProtection));
    made.put(
        "for clients, critically",
        made.ca(),
        leaf ->
            leaf.bare()
                .extension(USAGE, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
    made.put(
        "for nothing", made.ca(), leaf -> leaf.bare().extension(USAGE, false, new DERSequence()));
    made.put(
        "for encryption",
        made.ca(),
        leaf -> leaf.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.dataEncipherment)));
    made.put(
        "for signing certificates",
        made.ca(),
        leaf -> leaf.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)));
    made.put(
        "an authority itself",
        made.ca(),
        leaf ->
            leaf.bare().extension(Extension.basicConstraints, true, new BasicConstraints(true)));
  }

  private static ForgedCertificate usage(ForgedCertificate leaf, KeyPurposeId... purposes) {
    return leaf.bare().extension(USAGE, false, new ExtendedKeyUsage(purposes));
  }

  private void putExtensions() {
    made.put(
        "critical unknown",
        made.ca(),
        leaf -> leaf.extension(TrustedIssuers.UNKNOWN, true, DERNull.INSTANCE));
    made.put(
        "unknown",
        made.ca(),
        leaf -> leaf.extension(TrustedIssuers.UNKNOWN, false, DERNull.INSTANCE));
    made.put(
        "critical lists",
        made.ca(),
        leaf -> leaf.extension(Extension.cRLDistributionPoints, true, new DERSequence()));
    made.put(
        "critical policies",
        made.ca(),
        leaf ->
            leaf.extension(
                Extension.certificatePolicies,
                true,
                new DERSequence(new DERSequence(new ASN1ObjectIdentifier("1.2.3")))));
    made.put(
        "must have a policy",
        made.ca(),
        leaf -> leaf.extension(Extension.policyConstraints, true, policyNow()));
    made.put(
        "critical key id",
        made.ca(),
        leaf ->
            leaf.extension(
                Extension.subjectKeyIdentifier, true, new SubjectKeyIdentifier(new byte[20])));
    made.put(
        "issuer's key id differs",
        made.ca(),
        leaf ->
            leaf.extension(
                Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(new byte[20])));
    made.put(
        "critical other name",
        made.ca(),
        leaf ->
            leaf.extension(OTHERS, true, PresentedChains.names(GeneralName.registeredID, "1.2.3")));
    made.put(
        "critical dns name",
        made.ca(),
        leaf ->
            leaf.extension(
                OTHERS, true, PresentedChains.names(GeneralName.dNSName, "*.x_y.example")));
    made.put(
        "odd dns name",
        made.ca(),
        leaf -> leaf.extension(OTHERS, false, PresentedChains.names(GeneralName.dNSName, "..")));
    made.put(
        "dns name \u00fc",
        made.ca(),
        leaf ->
            leaf.extension(
                OTHERS, false, PresentedChains.names(GeneralName.dNSName, "\u00fc.example")));
    made.put(
        "address of 3 bytes",
        made.ca(),
        leaf ->
            leaf.extension(
                OTHERS,
                false,
                new GeneralNames(
                    new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[3])))));
    made.put("unreadable", ClientChain.unreadable());
    made.put("self-signed", ClientChain.selfSigned(KeyKind.P256, "self-signed"));
    made.put("by a stranger", Issuer.root("stranger", KeyKind.P256, PLAIN), PLAIN);
    made.put("by a stranger of our name", Issuer.root("fixture-ca", KeyKind.P256, PLAIN), PLAIN);
  }

  private static DERSequence policyNow() {
    return new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0)));
  }
}
