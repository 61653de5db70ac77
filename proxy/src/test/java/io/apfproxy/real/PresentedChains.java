package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Chains that a client may present, by what is special about them. */
final class PresentedChains {
  private final TrustedIssuers trusted;
  private final Map<String, ClientChain> all = new LinkedHashMap<>();

  PresentedChains(TrustedIssuers trusted) {
    this.trusted = trusted;
  }

  Map<String, ClientChain> all() {
    return all;
  }

  Issuer trusted(String name) {
    return trusted.named(name);
  }

  /** kube-apiserver's own authority. */
  Issuer ca() {
    return trusted("ca");
  }

  void put(String name, ClientChain chain) {
    all.put(name, chain);
  }

  void put(String name, Issuer issuer, UnaryOperator<ForgedCertificate> shape, Issuer... above) {
    put(name, KeyKind.P256, issuer, shape, above);
  }

  void put(
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

  static GeneralNames names(int kind, String name) {
    return new GeneralNames(new GeneralName(kind, name));
  }
}
