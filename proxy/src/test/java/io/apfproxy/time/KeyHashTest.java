package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Specification limits.md L-17. */
class KeyHashTest {
  @Test
  @Tag("S61")
  void findsTheSameHashOnlyByChance() {
    Set<Long> hashes = new HashSet<>();
    int names = 0;
    for (int i = 0; i < 1 << 16; i++) { // all of them have one String.hashCode
      StringBuilder name = new StringBuilder("tenant-");
      for (int bit = 0; bit < 16; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      hashes.add(KeyHash.of(name.toString()));
      names++;
    }
    for (int length = 0; length < 40_000; length++) {
      hashes.add(KeyHash.of("\0".repeat(length % 4_000) + "x".repeat(length / 4_000)));
      names++;
    }
    for (char letter = 1;
        letter < 0x3000;
        letter++) { // of which a byte is lost where they are packed
      hashes.add(KeyHash.of(letter + "é"));
      hashes.add(KeyHash.of("kubelets" + letter));
      names += 2;
    }
    assertThat(hashes).hasSize(names);
  }

  @Test
  void tellsWhereOnePartEnds() {
    KeyHash hash = new KeyHash();
    assertThat(hash.add("ab").add("c").end()).isNotEqualTo(hash.add("a").add("bc").end());
    assertThat(hash.add("ab").add("").end()).isNotEqualTo(hash.add("").add("ab").end());
    assertThat(hash.add("abcdefgh").add("i").end())
        .isNotEqualTo(hash.add("abcdefghi").add("").end());
    assertThat(hash.add("kubectl/v1", 7).end()).isEqualTo(KeyHash.of("kubectl"));
  }

  /** By CPython, whose hash of bytes is SipHash-1-3; with {@code PYTHONHASHSEED=0} its key is 0. */
  @Test
  void hashesAsSipHashDoes() {
    KeyHash hash = new KeyHash(0, 0);
    assertThat(hash.add(0).end()).isEqualTo(0xbd60acb658c79e45L);
    assertThat(hash.add(0).add(1).add(2).end()).isEqualTo(0xbdcbe075ce4e5465L);
    for (int word = 0; word < 40; word++) {
      hash.add(word);
    }
    assertThat(hash.end()).isEqualTo(0xe65c2642c823ee3fL);
    assertThat(hash.add("kubectl").end()).isEqualTo(0x8d0cd96b4f2d935cL);
    assertThat(hash.add("system:serviceaccount:shop:checkout").end())
        .isEqualTo(0xcdc2ba131fe10670L);
    assertThat(hash.add("ключ").end()).isEqualTo(0x8a2706395d12a221L);
  }
}
