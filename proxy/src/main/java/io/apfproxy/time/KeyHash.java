package io.apfproxy.time;

import java.security.SecureRandom;

/**
 * Hash of a key for a {@link KeyTable}, of parts that are added one after the other: SipHash-1-3
 * under a key that is random for each process, so that no client can choose names that meet. Not
 * thread-safe; may be used again, and allocates nothing then. Source: Aumasson and Bernstein,
 * SipHash: a fast short-input PRF; specification limits.md L-17.
 */
public final class KeyHash {
  /*
   * Words are gathered, so that they can be compressed in a loop whose state stays in registers.
   */
  private static final int AT_A_TIME = 32;
  private static final long ROUNDS_AT_THE_END = 3;
  private static final long BEYOND_BYTES = 0xff00ff00ff00ff00L;

  private static final long KEY_0;
  private static final long KEY_1;

  static {
    SecureRandom random = new SecureRandom();
    KEY_0 = random.nextLong();
    KEY_1 = random.nextLong();
  }

  private final long key0;
  private final long key1;
  private final long[] words = new long[AT_A_TIME];
  private int number;
  private long compressed;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

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
    number = 0;
    compressed = 0;
    return this;
  }

  public KeyHash add(long word) {
    if (number == AT_A_TIME) {
      compress();
    }
    words[number++] = word;
    return this;
  }

  /** Adds a text with its length: what comes before cannot be taken for a part of it. */
  public KeyHash add(String text) {
    return add(text, text.length());
  }

  /** Adds the first so many characters of a text with their number. */
  public KeyHash add(String text, int length) {
    long seen = 0;
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      long first = four(text, at);
      long second = four(text, at + 4);
      seen |= first | second;
      add(first | second << Byte.SIZE);
    }
    long rest = 0;
    for (int shift = 0; at < length; at++, shift += Byte.SIZE) {
      seen |= text.charAt(at);
      rest |= (long) text.charAt(at) << shift;
    }
    add(rest);
    if ((seen & BEYOND_BYTES) == 0) {
      return add(length);
    }
    for (at = 0; at < length; at++) {
      add(text.charAt(at));
    }
    return add(~length);
  }

  private static long four(String text, int at) {
    return text.charAt(at)
        | (long) text.charAt(at + 1) << 16
        | (long) text.charAt(at + 2) << 32
        | (long) text.charAt(at + 3) << 48;
  }

  /** The hash; begins anew. */
  public long end() {
    add((compressed + number) << 59); // the number of bytes in the highest byte, as of any message
    compress();
    v2 ^= 0xff;
    for (int i = 0; i < ROUNDS_AT_THE_END; i++) {
      add(0);
    }
    compress();
    long hash = v0 ^ v1 ^ v2 ^ v3;
    begin();
    return hash;
  }

  private void compress() {
    long a = v0;
    long b = v1;
    long c = v2;
    long d = v3;
    for (int i = 0; i < number; i++) {
      d ^= words[i];
      a += b;
      c += d;
      b = Long.rotateLeft(b, 13) ^ a;
      d = Long.rotateLeft(d, 16) ^ c;
      a = Long.rotateLeft(a, 32);
      c += b;
      a += d;
      b = Long.rotateLeft(b, 17) ^ c;
      d = Long.rotateLeft(d, 21) ^ a;
      c = Long.rotateLeft(c, 32);
      a ^= words[i];
    }
    v0 = a;
    v1 = b;
    v2 = c;
    v3 = d;
    compressed += number;
    number = 0;
  }
}
