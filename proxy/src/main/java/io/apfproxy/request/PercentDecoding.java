package io.apfproxy.request;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Percent-decoding as Go's {@code net/url} does it: once, to bytes, any byte allowed. Thread-safe.
 */
final class PercentDecoding {
  private PercentDecoding() {}

  /**
   * @param plusIsSpace true in a query, false in a path
   * @return the decoded text (see {@link Utf8Bytes}), or null if an escape is not {@code %} and two
   *     hexadecimal digits
   */
  static @Nullable String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == '%') {
        int value = i + 2 < bytes.length ? hex(bytes[i + 1]) << 4 | hex(bytes[i + 2]) : -1;
        if (value < 0) {
          return null;
        }
        bytes[length++] = (byte) value;
        i += 2;
      } else {
        bytes[length++] = b == '+' && plusIsSpace ? (byte) ' ' : b;
      }
    }
    return Utf8Bytes.decode(bytes, length);
  }

  /** Value of a hexadecimal digit; negative if it is none. */
  static int hex(int digit) {
    // not Character.digit: it takes digits of other scripts
    if (digit >= '0' && digit <= '9') {
      return digit - '0';
    }
    int lower = digit | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
