package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERGeneralString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNumericString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.DERVisibleString;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Subjects written in every kind of text, and in some that are none. */
final class OddSubjects {
  private static final ASN1ObjectIdentifier UID = new ASN1ObjectIdentifier("1.3.6.1.4.1.57683.2");

  private final Issuer issuer;
  private final Map<String, ForgedCertificate> all = new LinkedHashMap<>();

  private OddSubjects(Issuer issuer) {
    this.issuer = issuer;
  }

  static Map<String, ForgedCertificate> of(Issuer issuer) {
    OddSubjects made = new OddSubjects(issuer);
    made.putKinds();
    made.putShapes();
    return made.all;
  }

  private void put(String name, X500NameBuilder subject) {
    all.put(name, issuer.sign(new ForgedCertificate(KeyKind.P256).subject(subject.build())));
  }

  private static X500NameBuilder called(ASN1Encodable commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName);
  }

  private static X500NameBuilder called(String commonName) {
    return called(new DERUTF8String(commonName));
  }

  private void putKinds() {
    put("printable", called(new DERPrintableString("a (b) 1.2:3")));
    put("printable star", called(new DERPrintableString("*.a&b")));
    put("printable at", called(new DERPrintableString("a@b")));
    put("ia5", called(new DERIA5String("a@b")));
    put("ia5 \u00fc", called(new DERIA5String("\u00fc")));
    put("numeric", called(new DERNumericString("12 34")));
    put("numeric letter", called(new DERNumericString("12a")));
    put("visible", called(new DERVisibleString("a")));
    put("general", called(new DERGeneralString("a")));
    put("bmp", called(new DERBMPString("J\u00fcrgen \u540d")));
    put("bmp with end", called(new DERBMPString("a\0")));
    put("bmp half", called(new DERBMPString("\ud83d\ude00")));
    put("t61", called(new DERT61String("J\u00fcrgen")));
    put("universal", called(new DERUniversalString(new byte[] {0, 0, 0, 'a'})));
    put("number", called(new ASN1Integer(7)));
    put("broken utf8", called(raw(0x0c, 2, 0xc3, 0x28)));
    put("odd elsewhere", called("odd elsewhere").addRDN(BCStyle.OU, new DERVisibleString("a")));
    put("number elsewhere", called("number elsewhere").addRDN(BCStyle.OU, new ASN1Integer(7)));
  }

  private void putShapes() {
    put("empty subject", new X500NameBuilder());
    put("empty name", called("").addRDN(BCStyle.O, "dev"));
    put(
        "names",
        called("one").addRDN(BCStyle.CN, "two").addRDN(BCStyle.O, "a").addRDN(BCStyle.O, "b"));
    put(
        "names at once",
        new X500NameBuilder()
            .addMultiValuedRDN(
                new ASN1ObjectIdentifier[] {BCStyle.CN, BCStyle.O, BCStyle.O},
                new String[] {"at once", "b", "a"}));
    put("empty group", called("empty group").addRDN(BCStyle.O, new DERUTF8String("")));
    put("blank group", called("blank group").addRDN(BCStyle.O, new DERUTF8String(" dev ")));
    put("masters", called("masters").addRDN(BCStyle.O, "system:masters"));
    put("long", called("n".repeat(4000)).addRDN(BCStyle.O, "g".repeat(4000)));
    put("uid", called("uid").addRDN(UID, new DERPrintableString("7")));
    put("uids", called("uids").addRDN(UID, "7").addRDN(UID, "8"));
    put("nul", called("a\0b"));
    put("lines", called("a\r\nX-Remote-Group: system:masters"));
  }

  private static ASN1Encodable raw(int... bytes) {
    byte[] encoded = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      encoded[i] = (byte) bytes[i];
    }
    try {
      return ASN1Primitive.fromByteArray(encoded);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
