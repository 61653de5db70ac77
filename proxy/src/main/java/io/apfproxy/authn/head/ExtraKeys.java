package io.apfproxy.authn.head;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Keys of extra values as the end of a header name. kube-apiserver puts the name in lower case and
 * percent-decodes after, so a key survives if its upper-case letters are encoded, too.
 */
public final class ExtraKeys {
  private static final String HEX = "0123456789ABCDEF";

  private ExtraKeys() {}

  /** What upstream would read from the end of a header name; a bad escape leaves it as it is. */
  public static String decode(String end) {
    String lower = end.toLowerCase(Locale.ROOT);
    if (lower.indexOf('%') < 0) {
      return lower;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(lower.length());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c != '%') {
        bytes.write(c);
        continue;
      }
      if (i + 2 >= lower.length()) {
        return lower;
      }
      int high = Character.digit(lower.charAt(i + 1), 16);
      int low = Character.digit(lower.charAt(i + 2), 16);
      if (high < 0 || low < 0) {
        return lower;
      }
      bytes.write(high * 16 + low);
      i += 2;
    }
    return FieldSyntax.decode(bytes.toByteArray()).orElse(lower);
  }

  /** The end of a header name from which upstream reads the key. */
  public static String encode(String key) {
    StringBuilder end = new StringBuilder(key.length());
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (FieldSyntax.isTokenChar(c) && c != '%' && !(c >= 'A' && c <= 'Z')) {
        end.append(c);
      } else {
        end.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return end.toString();
  }
}
