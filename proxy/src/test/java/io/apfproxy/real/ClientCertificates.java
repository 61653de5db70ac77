package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
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

  private final TrustedIssuers trusted;
  private final Map<String, ClientChain> all = new LinkedHashMap<>();

  private ClientCertificates(TrustedIssuers trusted) {
    this.trusted = trusted;
  }

  /** By what is special about them, which is also their common name. */
  static Map<String, ClientChain> all(TrustedIssuers trusted) {
    ClientCertificates made = new ClientCertificates(trusted);
    made.putTimesAndNumbers();
    made.putKeysAndSignatures();
    made.putUsages();
    made.putExtensions();
    made.putIntermediates();
    made.putOrders();
    made.putConstraints();
    made.putAuthorities();
    OddSubjects.of(trusted.named("ca"))
        .forEach((name, forged) -> made.all.put(name, forged.issue().alone()));
    return made.all;
  }

  private Issuer ca() {
    return trusted.named("ca");
  }

  private void put(
      String name, Issuer issuer, UnaryOperator<ForgedCertificate> shape, Issuer... above) {
    put(name, KeyKind.P256, issuer, shape, above);
  }

  private void put(
      String name,
      KeyKind kind,
      Issuer issuer,
      UnaryOperator<ForgedCertificate> shape,
      Issuer... above) {
    ForgedCertificate.Issued leaf =
        shape.apply(issuer.sign(new ForgedCertificate(kind).subject(called(name)))).issue();
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf.certificate()));
    for (Issuer one : above) {
      chain.add(one.certificate());
    }
    all.put(name, new ClientChain(leaf.key(), chain));
  }

  private static X500Name called(String name) {
    return new X500NameBuilder().addRDN(BCStyle.CN, name).build();
  }

  private void putTimesAndNumbers() {
    Instant now = Instant.now();
    Duration hour = Duration.ofHours(1);
    put("good", ca(), PLAIN);
    put("expired", ca(), leaf -> leaf.valid(now.minus(hour), now.minusSeconds(2)));
    put("not yet valid", ca(), leaf -> leaf.valid(now.plus(hour), now.plus(hour.multipliedBy(2))));
    put("never valid", ca(), leaf -> leaf.valid(now.plus(hour), now.minus(hour)));
    put("valid for 300 years", ca(), leaf -> leaf.valid(now, now.plus(Duration.ofDays(110_000))));
    put("number 0", ca(), leaf -> leaf.serial(BigInteger.ZERO));
    put("number below 0", ca(), leaf -> leaf.serial(BigInteger.valueOf(-7)));
    put("number of 40 bytes", ca(), leaf -> leaf.serial(BigInteger.TWO.pow(319)));
    put("first version", ca(), ForgedCertificate::firstVersion);
    put("24 KiB", ca(), leaf -> leaf.padding(24 << 10));
  }

  private void putKeysAndSignatures() {
    Issuer rsa = trusted.named("rsa");
    for (KeyKind kind : KeyKind.values()) {
      if (kind != KeyKind.P224 && kind != KeyKind.RSA_PSS) { // not presented or not asked for
        put("key " + kind, kind, ca(), PLAIN);
      }
      Issuer lower = ca().below("lower " + kind, kind, PLAIN);
      put("signed with " + kind, lower, PLAIN, lower);
    }
    for (String name : List.of("rsa-1024", "p521", "ed25519")) {
      put("signed by authority " + name, trusted.named(name), PLAIN);
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
      put(signature, rsa, leaf -> leaf.signature(signature));
    }
    for (String signature : List.of("SHA1withECDSA", "SHA384withECDSA", "SHA3-256withECDSA")) {
      put(signature, ca(), leaf -> leaf.signature(signature));
    }
    put(
        "signed by another key",
        new Issuer(ca().name(), rsa.keys(), rsa.signature(), rsa.certificate()),
        PLAIN);
  }

  private void putUsages() {
    put("no extensions", ca(), ForgedCertificate::bare);
    put("for servers", ca(), leaf -> usage(leaf, KeyPurposeId.id_kp_serverAuth));
    put(
        "for servers and clients",
        ca(),
        leaf -> usage(leaf, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    put("for anything", ca(), leaf -> usage(leaf, KeyPurposeId.anyExtendedKeyUsage));
    put("for mail", ca(), leaf -> usage(leaf, KeyPurposeId.id_kp_emailProtection));
    put(
        "for clients, critically",
        ca(),
        leaf ->
            leaf.bare()
                .extension(USAGE, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)));
    put("for nothing", ca(), leaf -> leaf.bare().extension(USAGE, false, new DERSequence()));
    put(
        "for encryption",
        ca(),
        leaf -> leaf.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.dataEncipherment)));
    put(
        "for signing certificates",
        ca(),
        leaf -> leaf.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)));
    put(
        "an authority itself",
        ca(),
        leaf ->
            leaf.bare().extension(Extension.basicConstraints, true, new BasicConstraints(true)));
  }

  private static ForgedCertificate usage(ForgedCertificate leaf, KeyPurposeId... purposes) {
    return leaf.bare().extension(USAGE, false, new ExtendedKeyUsage(purposes));
  }

  private void putExtensions() {
    put(
        "critical unknown",
        ca(),
        leaf -> leaf.extension(TrustedIssuers.UNKNOWN, true, DERNull.INSTANCE));
    put("unknown", ca(), leaf -> leaf.extension(TrustedIssuers.UNKNOWN, false, DERNull.INSTANCE));
    put(
        "critical lists",
        ca(),
        leaf -> leaf.extension(Extension.cRLDistributionPoints, true, new DERSequence()));
    put(
        "critical policies",
        ca(),
        leaf ->
            leaf.extension(
                Extension.certificatePolicies,
                true,
                new DERSequence(new DERSequence(new ASN1ObjectIdentifier("1.2.3")))));
    put(
        "must have a policy",
        ca(),
        leaf -> leaf.extension(Extension.policyConstraints, true, policyNow()));
    put(
        "critical key id",
        ca(),
        leaf ->
            leaf.extension(
                Extension.subjectKeyIdentifier, true, new SubjectKeyIdentifier(new byte[20])));
    put(
        "issuer's key id differs",
        ca(),
        leaf ->
            leaf.extension(
                Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(new byte[20])));
    put(
        "critical other name",
        ca(),
        leaf -> leaf.extension(OTHERS, true, names(GeneralName.registeredID, "1.2.3")));
    put(
        "critical dns name",
        ca(),
        leaf -> leaf.extension(OTHERS, true, names(GeneralName.dNSName, "*.x_y.example")));
    put(
        "odd dns name",
        ca(),
        leaf -> leaf.extension(OTHERS, false, names(GeneralName.dNSName, "..")));
    put(
        "dns name \u00fc",
        ca(),
        leaf -> leaf.extension(OTHERS, false, names(GeneralName.dNSName, "\u00fc.example")));
    put(
        "address of 3 bytes",
        ca(),
        leaf ->
            leaf.extension(
                OTHERS,
                false,
                new GeneralNames(
                    new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[3])))));
    all.put("unreadable", ClientChain.unreadable());
    all.put("self-signed", ClientChain.selfSigned(KeyKind.P256, "self-signed"));
    put("by a stranger", Issuer.root("stranger", KeyKind.P256, PLAIN), PLAIN);
    put("by a stranger of our name", Issuer.root("fixture-ca", KeyKind.P256, PLAIN), PLAIN);
  }

  private static DERSequence policyNow() {
    return new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0)));
  }

  private static GeneralNames names(int kind, String name) {
    return new GeneralNames(new GeneralName(kind, name));
  }

  private void putIntermediates() {
    Issuer lower = ca().below("lower", KeyKind.P256, PLAIN);
    put("below one", lower, PLAIN, lower);
    put("below one that is missing", lower, PLAIN);
    Issuer none = ca().below("none", KeyKind.P256, ForgedCertificate::bare);
    put("below no authority", none, PLAIN, none);
    Issuer first = ca().below("first", KeyKind.P256, ForgedCertificate::firstVersion);
    put("below a first version", first, PLAIN, first);
    Issuer unsigning =
        ca().below(
                "unsigning",
                KeyKind.P256,
                one -> one.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign)));
    put("below one that may not sign", unsigning, PLAIN, unsigning);
    Issuer useless =
        ca().below(
                "useless",
                KeyKind.P256,
                one -> one.extension(Extension.keyUsage, true, new KeyUsage(0)));
    put("below one that may nothing", useless, PLAIN, useless);
    Issuer servers =
        ca().below(
                "servers",
                KeyKind.P256,
                one ->
                    one.extension(
                        USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    put("below one for servers", servers, PLAIN, servers);
    Issuer odd =
        ca().below(
                "odd",
                KeyKind.P256,
                one -> one.extension(TrustedIssuers.UNKNOWN, true, DERNull.INSTANCE));
    put("below a critical unknown", odd, PLAIN, odd);
    Instant now = Instant.now();
    Issuer old =
        ca().below(
                "old", KeyKind.P256, one -> one.valid(now.minusSeconds(60), now.minusSeconds(2)));
    put("below an expired one", old, PLAIN, old);
    Issuer weak =
        trusted.named("rsa").below("weak", KeyKind.P256, one -> one.signature("SHA1withRSA"));
    put("below one signed by SHA-1", weak, PLAIN, weak);
    Issuer last = ca().below("last", KeyKind.P256, one -> TrustedIssuers.pathLength(one, 0));
    Issuer tooMany = last.below("too many", KeyKind.P256, PLAIN);
    put("below the last", last, PLAIN, last);
    put("below what is below the last", tooMany, PLAIN, tooMany, last);
    Issuer renewed = last.below("last", KeyKind.P256, PLAIN);
    put("below the last renewed by itself", renewed, PLAIN, renewed, last);
  }

  private void putOrders() {
    Issuer upper = ca().below("upper", KeyKind.P256, PLAIN);
    Issuer middle = upper.below("middle", KeyKind.P256, PLAIN);
    Issuer lower = middle.below("lowest", KeyKind.P256, PLAIN);
    Issuer stranger = Issuer.root("lowest", KeyKind.P256, PLAIN);
    put("below three", lower, PLAIN, lower, middle, upper);
    put("below three, backwards", lower, PLAIN, upper, middle, lower);
    put("with its authority", lower, PLAIN, lower, middle, upper, ca());
    put("with a stranger of that name", lower, PLAIN, stranger, lower, middle, upper);
    put("with what does not belong", ca(), PLAIN, lower, stranger);
    put("twice", lower, PLAIN, lower, lower, middle, middle, upper);
    ClientChain good = all.get("good");
    all.put(
        "leaf twice",
        new ClientChain(
            good.key(), List.of(good.certificates().get(0), good.certificates().get(0))));
    all.put(
        "with one that cannot be read",
        new ClientChain(
            good.key(),
            List.of(good.certificates().get(0), ClientChain.unreadable().certificates().get(0))));
    put("of another blank", trusted.named("Odd Name").called(new X500Name("CN=odd  name")), PLAIN);
    put("with 7 others", ca(), PLAIN, lower, middle, upper, stranger, stranger, stranger, stranger);
  }

  private void putConstraints() {
    Issuer good =
        ca().below(
                "good",
                KeyKind.P256,
                one -> one.extension(Extension.nameConstraints, true, TrustedIssuers.good()));
    constrained("dns", good, GeneralName.dNSName, "a.good.example", "a.bad.example");
    put("no name at all", good, PLAIN, good);
    Issuer below = good.below("below good", KeyKind.P256, PLAIN);
    put(
        "out of bounds further down",
        below,
        leaf -> leaf.extension(OTHERS, false, names(GeneralName.dNSName, "bad.example")),
        below,
        good);
    Issuer mail =
        ca().below(
                "mail",
                KeyKind.P256,
                one ->
                    one.extension(
                        Extension.nameConstraints,
                        true,
                        TrustedIssuers.permitted(
                            new GeneralName(GeneralName.rfc822Name, "good.example"))));
    constrained("mail", mail, GeneralName.rfc822Name, "a@good.example", "a@bad.example");
    Issuer net =
        ca().below(
                "net",
                KeyKind.P256,
                one ->
                    one.extension(
                        Extension.nameConstraints,
                        true,
                        TrustedIssuers.permitted(
                            new GeneralName(GeneralName.iPAddress, "10.0.0.0/8"))));
    constrained("address", net, GeneralName.iPAddress, "10.1.2.3", "192.0.2.1");
    Issuer link =
        ca().below(
                "link",
                KeyKind.P256,
                one ->
                    one.extension(
                        Extension.nameConstraints,
                        true,
                        TrustedIssuers.permitted(
                            new GeneralName(
                                GeneralName.uniformResourceIdentifier, "good.example"))));
    constrained(
        "link",
        link,
        GeneralName.uniformResourceIdentifier,
        "spiffe://good.example/a",
        "spiffe://bad.example/a");
    for (boolean critical : List.of(true, false)) {
      Issuer named =
          ca().below(
                  "named",
                  KeyKind.P256,
                  one ->
                      one.extension(
                          Extension.nameConstraints,
                          critical,
                          TrustedIssuers.permitted(
                              new GeneralName(GeneralName.directoryName, "CN=bob"))));
      put("subject out of bounds, critical " + critical, named, PLAIN, named);
    }
  }

  private void constrained(String what, Issuer issuer, int kind, String inside, String outside) {
    put(
        what + " in bounds",
        issuer,
        leaf -> leaf.extension(OTHERS, false, names(kind, inside)),
        issuer);
    put(
        what + " out of bounds",
        issuer,
        leaf -> leaf.extension(OTHERS, false, names(kind, outside)),
        issuer);
  }

  private void putAuthorities() {
    for (String name :
        List.of(
            "first-version", "bare", "expired", "no-signing", "for-servers", "unknown", "path-0")) {
      put("by authority " + name, trusted.named(name), PLAIN);
    }
    Issuer below = trusted.named("path-0").below("one more", KeyKind.P256, PLAIN);
    put("further below path-0", below, PLAIN, below);
    Issuer good = trusted.named("good-only");
    put(
        "by good-only, in bounds",
        good,
        leaf -> leaf.extension(OTHERS, false, names(GeneralName.dNSName, "a.good.example")));
    put(
        "by good-only, out of bounds",
        good,
        leaf -> leaf.extension(OTHERS, false, names(GeneralName.dNSName, "a.bad.example")));
    for (String name : List.of("ca", "itself", "unknown", "for-servers")) {
      Issuer itself = trusted.named(name);
      all.put("authority " + name, ClientChain.of(itself.pair()));
    }
  }
}
