package io.apfproxy.authn.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 12 of security.md: in number and in bytes. */
@Tag("S14")
@Tag("S15")
class BoundedCacheTest {
  private final ManualTime clock = new ManualTime();

  private BoundedCache<String, Integer> cache(int most, long bytes) {
    return new BoundedCache<>(most, bytes, clock);
  }

  @Test
  void holdsNoMoreEntriesThanItMay() {
    BoundedCache<String, Integer> cache = cache(100, 100 * 256);
    for (int i = 0; i < 10_000; i++) {
      cache.put("k" + i, i, 1, 1000);
    }
    assertThat(cache.size()).isLessThanOrEqualTo(100);
    assertThat(cache.bytes()).isLessThanOrEqualTo(100 * 256);
  }

  @Test
  void holdsNoMoreBytesThanItMay() {
    BoundedCache<String, Integer> cache = cache(1000, 1 << 20);
    for (int i = 0; i < 1000; i++) {
      cache.put("k" + i, i, 128 << 10, 1000);
    }
    assertThat(cache.bytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(cache.size()).isLessThanOrEqualTo(8);
  }

  @Test
  void forgetsAtTheDeadline() {
    BoundedCache<String, Integer> cache = cache(2, 1024);
    cache.put("a", 1, 0, 100);
    cache.put("b", 2, 0, 200);
    clock.advance(Duration.ofNanos(99));
    assertThat(cache.get("a")).isEqualTo(1);
    clock.advance(Duration.ofNanos(1));
    assertThat(cache.get("a")).isNull();
    assertThat(cache.get("b")).isEqualTo(2);
  }

  @Test
  void freesWhatHasExpiredAlthoughNobodyAsksForIt() {
    BoundedCache<String, Integer> cache = cache(1000, 1 << 20);
    for (int i = 0; i < 500; i++) {
      cache.put("k" + i, i, 1000, Duration.ofSeconds(10).toNanos());
    }
    /*
     * Asking also waits for the cache's own thread: an entry that it takes up only after the clock has
     * leapt is kept for a turn of its timer wheel, a minute, which no real clock brings about.
     */
    assertThat(cache.bytes()).isEqualTo(500 * (1000 + 256));
    clock.advance(Duration.ofSeconds(30));
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void keepsNothingWithoutTimeToLive() {
    BoundedCache<String, Integer> cache = cache(2, 1024);
    cache.put("a", 1, 0, 0);
    assertThat(cache.size()).isZero();
  }

  @Test
  void refusesBoundsThatCannotHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache(100, 1000))
        .withMessageContaining("256 each");
  }
}
