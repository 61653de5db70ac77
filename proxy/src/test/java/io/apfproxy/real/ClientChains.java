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
    Issuer lower = made.ca().below("lower", KeyKind.P256, PLAIN);
    made.put("below one", lower, PLAIN, lower);
    made.put("below one that is missing", lower, PLAIN);
    Issuer none = made.ca().below("none", KeyKind.P256, ForgedCertificate::bare);
    made.put("below no authority", none, PLAIN, none);
    Issuer first = made.ca().below("first", KeyKind.P256, ForgedCertificate::firstVersion);
    made.put("below a first version", first, PLAIN, first);
    Issuer unsigning =
        made.ca()
            .below(
                "unsigning",
                KeyKind.P256,
                one -> one.extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign)));
    made.put("below one that may not sign", unsigning, PLAIN, unsigning);
    Issuer useless =
        made.ca()
            .below(
                "useless",
                KeyKind.P256,
                one -> one.extension(Extension.keyUsage, true, new KeyUsage(0)));
    made.put("below one that may nothing", useless, PLAIN, useless);
    Issuer servers =
        made.ca()
            .below(
                "servers",
                KeyKind.P256,
                one ->
                    one.extension(
                        USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
    made.put("below one for servers", servers, PLAIN, servers);
    Issuer odd =
        made.ca()
            .below(
                "odd",
                KeyKind.P256,
                one -> one.extension(TrustedIssuers.UNKNOWN, true, DERNull.INSTANCE));
    made.put("below a critical unknown", odd, PLAIN, odd);
    Instant now = Instant.now();
    Issuer old =
        made.ca()
            .below(
                "old", KeyKind.P256, one -> one.valid(now.minusSeconds(60), now.minusSeconds(2)));
    made.put("below an expired one", old, PLAIN, old);
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
    Issuer good =
        made.ca()
            .below(
                "good",
                KeyKind.P256,
                one -> one.extension(Extension.nameConstraints, true, TrustedIssuers.good()));
    constrained("dns", good, GeneralName.dNSName, "a.good.example", "a.bad.example");
    made.put("no name at all", good, PLAIN, good);
    Issuer below = good.below("below good", KeyKind.P256, PLAIN);
    made.put(
        "out of bounds further down",
        below,
        leaf ->
            leaf.extension(
                OTHERS, false, PresentedChains.names(GeneralName.dNSName, "bad.example")),
        below,
        good);
    Issuer mail =
        made.ca()
            .below(
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
        made.ca()
            .below(
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
        made.ca()
            .below(
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
          made.ca()
              .below(
                  "named",
                  KeyKind.P256,
                  one ->
                      one.extension(
                          Extension.nameConstraints,
                          critical,
                          TrustedIssuers.permitted(
                              new GeneralName(GeneralName.directoryName, "CN=bob"))));
      made.put("subject out of bounds, critical " + critical, named, PLAIN, named);
    }
  }

  private void constrained(String what, Issuer issuer, int kind, String inside, String outside) {
    made.put(
        what + " in bounds",
        issuer,
        leaf -> leaf.extension(OTHERS, false, PresentedChains.names(kind, inside)),
        issuer);
    made.put(
        what + " out of bounds",
        issuer,
        leaf -> leaf.extension(OTHERS, false, PresentedChains.names(kind, outside)),
        issuer);
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
    made.put(
        "by good-only, in bounds",
        good,
        leaf ->
            leaf.extension(
                OTHERS, false, PresentedChains.names(GeneralName.dNSName, "a.good.example")));
    made.put(
        "by good-only, out of bounds",
        good,
        leaf ->
            leaf.extension(
                OTHERS, false, PresentedChains.names(GeneralName.dNSName, "a.bad.example")));
    for (String name : List.of("ca", "itself", "unknown", "for-servers")) {
      Issuer itself = made.trusted(name);
      made.put("authority " + name, ClientChain.of(itself.pair()));
    }
  }
}
