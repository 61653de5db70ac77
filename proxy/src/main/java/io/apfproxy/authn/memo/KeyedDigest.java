package io.apfproxy.authn.memo;

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

  /** Finding one and giving it the key takes as long as what it is for. */
  private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::mac);

  public KeyedDigest() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /**
   * @param parts which count with their lengths: {@code ab, c} is not {@code a, bc}
   * @return 32 bytes as ISO-8859-1 chars
   */
  public String of(Iterable<String> parts) {
    Mac mac = macs.get();
    mac.reset(); // if something was thrown in the middle of the last one
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        mac.update((byte) (bytes.length >>> shift));
      }
      mac.update(bytes);
    }
    return new String(mac.doFinal(), StandardCharsets.ISO_8859_1);
  }
}
