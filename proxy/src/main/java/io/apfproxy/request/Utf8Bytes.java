package io.apfproxy.request;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Keeps arbitrary bytes in a {@link String} without loss, as Go strings do: valid UTF-8 becomes its
 * characters, every other byte b becomes the lone surrogate {@code U+DC00 + b}. Thread-safe.
 */
public final class Utf8Bytes {
  /*
   * A percent-decoded path may hold any byte, and its namespace is hashed into the flow. Replacement
   * characters would give different namespaces one flow; surrogates of this range cannot come from
   * valid UTF-8, so nothing collides and encode(decode(b)) equals b.
   */
  private static final char ESCAPE = '\uDC00';

  private Utf8Bytes() {}

  /** The string that stands for these bytes. */
  public static String decode(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
        return decodeNonAscii(bytes, length);
      }
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static String decodeNonAscii(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException invalid) {
      StringBuilder text = new StringBuilder(length);
      int i = 0;
      while (i < length) {
        int size = sequenceSize(bytes, i, length);
        if (size == 0) {
          text.append((char) (ESCAPE + (bytes[i] & 0xFF)));
          i++;
        } else {
          text.append(new String(bytes, i, size, StandardCharsets.UTF_8));
          i += size;
        }
      }
      return text.toString();
    }
  }

  /** Bytes of the valid UTF-8 sequence at {@code from}, or 0 if there is none. */
  private static int sequenceSize(byte[] bytes, int from, int length) {
    int lead = bytes[from] & 0xFF;
    if (lead < 0x80) {
      return 1;
    }
    int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (size == 0 || from + size > length) {
      return 0;
    }
    for (int i = 1; i < size; i++) {
      if ((bytes[from + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[from + 1] & 0xFF;
    boolean overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    boolean surrogate = lead == 0xED && second > 0x9F;
    boolean tooLarge = lead == 0xF4 && second > 0x8F;
    return overlong || surrogate || tooLarge ? 0 : size;
  }

  /** The bytes a string stands for; UTF-8 where it holds no escaped byte. */
  public static byte[] encode(String text) {
    int escaped = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        escaped++;
      }
    }
    if (escaped == 0) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer bytes = ByteBuffer.allocate(3 * text.length());
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        bytes.put(text.substring(plain, i).getBytes(StandardCharsets.UTF_8));
        bytes.put((byte) (text.charAt(i) - ESCAPE));
        plain = i + 1;
      }
    }
    bytes.put(text.substring(plain).getBytes(StandardCharsets.UTF_8));
    byte[] result = new byte[bytes.position()];
    bytes.flip().get(result);
    return result;
  }

  private static boolean isEscape(String text, int at) {
    char c = text.charAt(at);
    return c >= ESCAPE + 0x80
        && c <= ESCAPE + 0xFF
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
