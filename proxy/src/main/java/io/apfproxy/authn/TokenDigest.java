package io.apfproxy.authn;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names tokens without keeping them: HMAC-SHA-256 of the length and the token, under a key that
 * nobody but this process knows. Thread-safe.
 */
final class TokenDigest {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  TokenDigest() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  /** 32 bytes as ISO-8859-1 chars. */
  String of(String token) {
    byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      return new String(mac.doFinal(bytes), StandardCharsets.ISO_8859_1);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
