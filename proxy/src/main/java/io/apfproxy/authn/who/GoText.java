package io.apfproxy.authn.who;

import java.security.cert.CertificateException;
import java.util.function.IntPredicate;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1NumericString;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1T61String;
import org.bouncycastle.asn1.ASN1UTF8String;

/**
 * A part of a name as Go reads it. Source: Go, crypto/x509, parser.go (parseASN1String,
 * isPrintable).
 */
final class GoText {
  private static final String PRINTABLE_MARKS = " '()*+,-./:=?&";

  private GoText() {}

  /**
   * @throws CertificateException if it is of a kind that Go does not read, or holds what its kind
   *     does not allow
   */
  static String of(ASN1Encodable value) throws CertificateException {
    if (value instanceof ASN1PrintableString text) {
      return only(text, c -> isLetterOrDigit(c) || PRINTABLE_MARKS.indexOf(c) >= 0);
    }
    if (value instanceof ASN1IA5String text) {
      return only(text, c -> c < 0x80);
    }
    if (value instanceof ASN1NumericString text) {
      return only(text, c -> c == ' ' || (c >= '0' && c <= '9'));
    }
    if (value instanceof ASN1BMPString text) {
      String all = only(text, GoText::isCharacter);
      return all.endsWith("\0") ? all.substring(0, all.length() - 1) : all; // a terminator
    }
    if (value instanceof ASN1UTF8String || value instanceof ASN1T61String) {
      return ((ASN1String) value).getString();
    }
    throw new CertificateException("a name that is no text");
  }

  private static String only(ASN1String text, IntPredicate allowed) throws CertificateException {
    String all = text.getString();
    if (!all.chars().allMatch(allowed)) {
      throw new CertificateException("a name with characters that its kind does not have");
    }
    return all;
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Neither half of a pair nor for ever unused. */
  private static boolean isCharacter(int c) {
    return !Character.isSurrogate((char) c) && c < 0xfffe && (c < 0xfdd0 || c > 0xfdef);
  }
}
