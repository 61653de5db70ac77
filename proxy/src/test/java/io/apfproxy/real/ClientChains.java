package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;

/** Intermediates, orders, constraints and authorities, good and bad. */
final class ClientChains {
  private static final ASN1ObjectIdentifier USAGE = Extension.extendedKeyUsage;
  private static final ASN1ObjectIdentifier OTHERS = Extension.subjectAlternativeName;
  private static final UnaryOperator<ForgedCertificate> PLAIN = UnaryOperator.identity();

  private final PresentedChains made;

  private ClientChains(PresentedChains made) {
    this.made = made;
  }

  static void addTo(PresentedChains made) {
    ClientChains chains = new ClientChains(made);
    chains.putIntermediates();
    chains.putOrders();
    chains.putConstraints();
    chains.putAuthorities();
  }

  private void putIntermediates() {
    Issuer lower = putBelow("below one", "lower", PLAIN);
    made.put("below one that is missing", lower, PLAIN);
    putBelow("below no authority", "none", ForgedCertificate::bare);
    putBelow("below a first version", "first", ForgedCertificate::firstVersion);
    putBelow(
        "below one that may not sign",
        "unsigning",
        one -> one.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign)));
    putBelow(
        "below one that may nothing",
        "useless",
        one -> one.extension(Extension.keyUsage, true, new KeyUsage(0)));
    putBelow(
        "below one for servers",
        "servers",
        one -> one.extension(USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    putBelow(
        "below a critical unknown",
        "odd",
        one -> one.extension(TrustedIssuers.UNKNOWN, true, DERNull.INSTANCE));
    Instant now = Instant.now();
    putBelow(
        "below an expired one", "old", one -> one.valid(now.minusSeconds(60), now.minusSeconds(2)));
    Issuer weak =
        made.trusted("rsa").below("weak", KeyKind.P256, one -> one.signature("SHA1withRSA"));
    made.put("below one signed by SHA-1", weak, PLAIN, weak);
    Issuer last = made.ca().below("last", KeyKind.P256, one -> TrustedIssuers.pathLength(one, 0));
    Issuer tooMany = last.below("too many", KeyKind.P256, PLAIN);
    made.put("below the last", last, PLAIN, last);
    made.put("below what is below the last", tooMany, PLAIN, tooMany, last);
    Issuer renewed = last.below("last", KeyKind.P256, PLAIN);
    made.put("below the last renewed by itself", renewed, PLAIN, renewed, last);
  }

  private void putOrders() {
    Issuer upper = made.ca().below("upper", KeyKind.P256, PLAIN);
    Issuer middle = upper.below("middle", KeyKind.P256, PLAIN);
    Issuer lower = middle.below("lowest", KeyKind.P256, PLAIN);
    Issuer stranger = Issuer.root("lowest", KeyKind.P256, PLAIN);
    made.put("below three", lower, PLAIN, lower, middle, upper);
    made.put("below three, backwards", lower, PLAIN, upper, middle, lower);
    made.put("with its authority", lower, PLAIN, lower, middle, upper, made.ca());
    made.put("with a stranger of that name", lower, PLAIN, stranger, lower, middle, upper);
    made.put("with what does not belong", made.ca(), PLAIN, lower, stranger);
    made.put("twice", lower, PLAIN, lower, lower, middle, middle, upper);
    ClientChain good = made.all().get("good");
    made.put(
        "leaf twice",
        new ClientChain(
            good.key(), List.of(good.certificates().get(0), good.certificates().get(0))));
    made.put(
        "with one that cannot be read",
        new ClientChain(
            good.key(),
            List.of(good.certificates().get(0), ClientChain.unreadable().certificates().get(0))));
    made.put(
        "of another blank", made.trusted("Odd Name").called(new X500Name("CN=odd  name")), PLAIN);
    made.put(
        "with 7 others",
        made.ca(),
        PLAIN,
        lower,
        middle,
        upper,
        stranger,
        stranger,
        stranger,
        stranger);
  }

  private void putConstraints() {
    Issuer good = below("good", constrainedTo(true, TrustedIssuers.good()));
    constrained("dns", good, GeneralName.dNSName, "a.good.example", "a.bad.example");
    made.put("no name at all", good, PLAIN, good);
    Issuer below = good.below("below good", KeyKind.P256, PLAIN);
    made.put(
        "out of bounds further down",
        below,
        other(GeneralName.dNSName, "bad.example"),
        below,
        good);
    Issuer mail = permitting("mail", GeneralName.rfc822Name, "good.example");
    constrained("mail", mail, GeneralName.rfc822Name, "a@good.example", "a@bad.example");
    Issuer net = permitting("net", GeneralName.iPAddress, "10.0.0.0/8");
    constrained("address", net, GeneralName.iPAddress, "10.1.2.3", "192.0.2.1");
    int uri = GeneralName.uniformResourceIdentifier;
    Issuer link = permitting("link", uri, "good.example");
    constrained("link", link, uri, "spiffe://good.example/a", "spiffe://bad.example/a");
    for (boolean critical : List.of(true, false)) {
      putBelow(
          "subject out of bounds, critical " + critical,
          "named",
          constrainedTo(critical, permitted(GeneralName.directoryName, "CN=bob")));
    }
  }

  private Issuer below(String name, UnaryOperator<ForgedCertificate> shape) {
    return made.ca().below(name, KeyKind.P256, shape);
  }

  /** And a certificate that it has issued. */
  private Issuer putBelow(String what, String name, UnaryOperator<ForgedCertificate> shape) {
    Issuer issuer = below(name, shape);
    made.put(what, issuer, PLAIN, issuer);
    return issuer;
  }

  /** One that may issue such names only. */
  private Issuer permitting(String name, int kind, String names) {
    return below(name, constrainedTo(true, permitted(kind, names)));
  }

  private static UnaryOperator<ForgedCertificate> constrainedTo(
      boolean critical, NameConstraints constraints) {
    return one -> one.extension(Extension.nameConstraints, critical, constraints);
  }

  private static NameConstraints permitted(int kind, String names) {
    return TrustedIssuers.permitted(new GeneralName(kind, names));
  }

  private static UnaryOperator<ForgedCertificate> other(int kind, String name) {
    return leaf -> leaf.extension(OTHERS, false, PresentedChains.names(kind, name));
  }

  private void constrained(String what, Issuer issuer, int kind, String inside, String outside) {
    made.put(what + " in bounds", issuer, other(kind, inside), issuer);
    made.put(what + " out of bounds", issuer, other(kind, outside), issuer);
  }

  private void putAuthorities() {
    for (String name :
        List.of(
            "first-version", "bare", "expired", "no-signing", "for-servers", "unknown", "path-0")) {
      made.put("by authority " + name, made.trusted(name), PLAIN);
    }
    Issuer below = made.trusted("path-0").below("one more", KeyKind.P256, PLAIN);
    made.put("further below path-0", below, PLAIN, below);
    Issuer good = made.trusted("good-only");
    made.put("by good-only, in bounds", good, other(GeneralName.dNSName, "a.good.example"));
    made.put("by good-only, out of bounds", good, other(GeneralName.dNSName, "a.bad.example"));
    for (String name : List.of("ca", "itself", "unknown", "for-servers")) {
      Issuer itself = made.trusted(name);
      made.put("authority " + name, ClientChain.of(itself.pair()));
    }
  }
}
