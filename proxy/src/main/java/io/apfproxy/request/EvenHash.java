package io.apfproxy.request;

/**
 * The hash of a text, the same in every process, spread evenly: a string's own puts texts that
 * differ little together. For choosing a part of what has names, where nobody gains by being in it.
 * Source: MurmurHash3's finaliser.
 */
public final class EvenHash {
  private EvenHash() {}

  /** From 0 to 2³² - 1. */
  public static long of(String text) {
    int h = text.hashCode();
    h = (h ^ (h >>> 16)) * 0x85EBCA6B;
    h = (h ^ (h >>> 13)) * 0xC2B2AE35;
    return (h ^ (h >>> 16)) & 0xFFFF_FFFFL;
  }
}
