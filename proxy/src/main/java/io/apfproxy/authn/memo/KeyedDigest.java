package io.apfproxy.authn.memo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names texts without keeping them: HMAC-SHA-256 under a key that nobody but this process knows, so
 * that nobody can make two that look alike. Thread-safe.
 */
public final class KeyedDigest {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  public KeyedDigest() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  /**
   * @param parts which count with their lengths: {@code ab, c} is not {@code a, bc}
   * @return 32 bytes as ISO-8859-1 chars
   */
  public String of(Iterable<String> parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        mac.update(bytes);
      }
      return new String(mac.doFinal(), StandardCharsets.ISO_8859_1);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
