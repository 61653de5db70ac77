package io.apfproxy.time;

import java.security.SecureRandom;

/**
 * Hash of a key for a {@link KeyTable}, of parts that are added one after the other: SipHash-1-3
 * under a key that is random for each process, so that no client can choose names that meet. Not
 * thread-safe; may be used again, and allocates nothing then. Source: Aumasson and Bernstein,
 * SipHash: a fast short-input PRF; specification limits.md L-17.
 */
public final class KeyHash {
  private static final long KEY_0;
  private static final long KEY_1;

  static {
    SecureRandom random = new SecureRandom();
    KEY_0 = random.nextLong();
    KEY_1 = random.nextLong();
  }

  private final long key0;
  private final long key1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long words;

  public KeyHash() {
    this(KEY_0, KEY_1);
  }

  KeyHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
    begin();
  }

  /** Of one text. */
  public static long of(String text) {
    return new KeyHash().add(text).end();
  }

  /** Of two numbers. */
  public static long of(long first, long second) {
    return new KeyHash().add(first).add(second).end();
  }

  /** Forgets what was added. */
  public KeyHash begin() {
    v0 = key0 ^ 0x736f6d6570736575L;
    v1 = key1 ^ 0x646f72616e646f6dL;
    v2 = key0 ^ 0x6c7967656e657261L;
    v3 = key1 ^ 0x7465646279746573L;
    words = 0;
    return this;
  }

  public KeyHash add(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
    words++;
    return this;
  }

  /** Adds a text with its length: what follows cannot be taken for a part of it. */
  public KeyHash add(String text) {
    return add(text, text.length());
  }

  /** Adds the first so many characters of a text with their number. */
  public KeyHash add(String text, int length) {
    add(length);
    int at = 0;
    for (; at + 4 <= length; at += 4) {
      add(
          text.charAt(at)
              | (long) text.charAt(at + 1) << 16
              | (long) text.charAt(at + 2) << 32
              | (long) text.charAt(at + 3) << 48);
    }
    if (at < length) {
      long rest = 0;
      for (int shift = 0; at < length; at++, shift += 16) {
        rest |= (long) text.charAt(at) << shift;
      }
      add(rest);
    }
    return this;
  }

  /** The hash; begins anew. */
  public long end() {
    add(words << 59); // the number of bytes in the highest byte, as of any message
    v2 ^= 0xff;
    round();
    round();
    round();
    long hash = v0 ^ v1 ^ v2 ^ v3;
    begin();
    return hash;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
