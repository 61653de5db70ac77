package io.apfproxy.authn.who;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a token says that it ends. Not verified, and so good for nothing but remembering it for a
 * shorter time.
 */
final class TokenExpiry {
  private static final Pattern EXP = Pattern.compile("\"exp\"\\s*:\\s*(\\d{1,15})");

  private TokenExpiry() {}

  /** Milliseconds since 1970; {@link Long#MAX_VALUE} if it does not say. */
  static long millis(String token) {
    int start = token.indexOf('.') + 1;
    int end = token.indexOf('.', start);
    if (start == 0 || end < 0) {
      return Long.MAX_VALUE;
    }
    String claims;
    try {
      claims =
          new String(
              Base64.getUrlDecoder().decode(token.substring(start, end)),
              StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return Long.MAX_VALUE;
    }
    long earliest = Long.MAX_VALUE;
    Matcher matcher = EXP.matcher(claims);
    while (matcher.find()) {
      earliest = Math.min(earliest, Long.parseLong(matcher.group(1)) * 1000);
    }
    return earliest;
  }
}
