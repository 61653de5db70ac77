package io.apfproxy.authn.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class KeyedDigestTest {
  private final KeyedDigest digest = new KeyedDigest();

  @Test
  void isTheSameForTheSamePartsOnAnyThread() {
    String here = digest.of(List.of("ab", "c"));

    assertThat(here).hasSize(32).isEqualTo(digest.of(List.of("ab", "c")));
    assertThat(CompletableFuture.supplyAsync(() -> digest.of(List.of("ab", "c"))).join())
        .isEqualTo(here);
  }

  @Test
  void isAnotherOneForOtherParts() {
    assertThat(digest.of(List.of("ab", "c"))).isNotEqualTo(digest.of(List.of("a", "bc")));
  }

  @Test
  void isAnotherOneUnderAnotherKey() {
    assertThat(digest.of(List.of("ab"))).isNotEqualTo(new KeyedDigest().of(List.of("ab")));
  }

  @Test
  void whatWasBrokenOffLeavesNothingBehind() {
    String before = digest.of(List.of("ab"));

    assertThatThrownBy(() -> digest.of(() -> broken(List.of("x").iterator())))
        .isInstanceOf(IllegalStateException.class);

    assertThat(digest.of(List.of("ab"))).isEqualTo(before);
  }

  private static Iterator<String> broken(Iterator<String> parts) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public String next() {
        if (!parts.hasNext()) {
          throw new IllegalStateException("broken off");
        }
        return parts.next();
      }
    };
  }
}
