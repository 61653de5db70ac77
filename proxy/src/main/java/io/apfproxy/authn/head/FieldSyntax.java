package io.apfproxy.authn.head;

import io.apfproxy.request.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Characters of header fields. Names and values are bytes as ISO-8859-1 chars. Source: RFC 9110 5.5
 * and 5.6.2.
 */
public final class FieldSyntax {
  private static final boolean[] TOKEN = new boolean[128];
  private static final boolean[] HOST = new boolean[128];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      boolean letterOrDigit = c <= '9' || (c >= 'A' && c <= 'Z') || c >= 'a';
      TOKEN[c] = letterOrDigit;
      HOST[c] = letterOrDigit;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
    for (char c : "!$%&'()*+-.:;=[]_~".toCharArray()) {
      HOST[c] = true;
    }
  }

  private FieldSyntax() {}

  static boolean isTokenChar(char c) {
    return c < 128 && TOKEN[c];
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether no control character but a tab is in it. */
  public static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** Whether it begins or ends with a blank. */
  public static boolean isPadded(String text) {
    return !text.isEmpty() && (isBlank(text.charAt(0)) || isBlank(text.charAt(text.length() - 1)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Whether it can be a host with perhaps a port; the parts are not looked at. */
  static boolean isHost(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 128 || !HOST[c]) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Lower case with {@code _} read as {@code -}, the way in which protected names are compared. */
  static String fold(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_' || (c >= 'A' && c <= 'Z')) {
        return name.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      }
    }
    return name;
  }

  /** The text whose UTF-8 bytes these are; empty if they are not UTF-8. */
  public static Optional<String> utf8(String bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) >= 128) {
        return decode(bytes.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return Optional.of(bytes);
  }

  public static Optional<String> decode(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The UTF-8 bytes of a text as ISO-8859-1 chars, as header lines are written. */
  public static String latin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }

  /** An identity in a header: not being UTF-8, it could be mistaken for another one. */
  public static String identity(String header, String bytes) throws RefusedException {
    Optional<String> text = utf8(bytes);
    if (text.isEmpty()) {
      throw RefusedException.badRequest("identity-not-utf8", header + " must be UTF-8");
    }
    return text.get();
  }
}
