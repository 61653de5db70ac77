package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
  private final ManualClock clock = new ManualClock();
  private final BoundedCache<String, Integer> cache = new BoundedCache<>(2, clock);

  @Test
  void forgetsWhatWasNotLookedAtForLongest() {
    cache.put("a", 1, 100);
    cache.put("b", 2, 100);
    assertThat(cache.get("a")).isEqualTo(1);
    cache.put("c", 3, 100);
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.get("b")).isNull();
    assertThat(cache.get("a")).isEqualTo(1);
  }

  @Test
  void forgetsAtTheDeadline() {
    cache.put("a", 1, 100);
    clock.advance(Duration.ofNanos(99));
    assertThat(cache.get("a")).isEqualTo(1);
    clock.advance(Duration.ofNanos(1));
    assertThat(cache.get("a")).isNull();
    assertThat(cache.size()).isZero();
  }

  @Test
  void keepsNothingWithoutTimeToLive() {
    cache.put("a", 1, 0);
    assertThat(cache.size()).isZero();
  }
}
