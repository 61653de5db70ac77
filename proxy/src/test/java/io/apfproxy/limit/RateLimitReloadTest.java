package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.limit.LimitedProxy.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a change of configuration does to limits: no change fills a bucket. Specification L-28. */
class RateLimitReloadTest {
  private static final int RATE = 20;
  private static final int BURST = 10;

  private static Limiting users() {
    return Limiting.of("users").by("User");
  }

  private static void change(LimitedProxy proxy, RateLimit... limits) {
    proxy.limits.apply(List.of(limits));
  }

  @Test
  void keepsWhatIsMissingWhenTheSameIsAppliedAgain() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    change(proxy, users().perSecond(1, 5), Limiting.of("other").perSecond(1_000, 1_000));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isZero();
    change(proxy, users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isZero();
    assertThat(proxy.reading("users").passed()).isEqualTo(5);
    assertThat(proxy.reading("users").refused()).isEqualTo(4 + 9 + 9);
  }

  @Test
  void forgivesNothingWithAHigherRateAndAddsTheDifferenceOfAHigherBurst() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    change(proxy, users().perSecond(10, 8));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(3);
    proxy.time.advance(Duration.ofMillis(200));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.get("bob"))).isEqualTo(8);
  }

  @Test
  void keepsWhatIsMissingWhenMoreOrFewerKeysAreRemembered() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    for (int most : new int[] {10_000, 100_000, 1}) {
      change(proxy, Limiting.of("users").by("", most, "User").perSecond(1, 5));
      assertThat(proxy.passing(9, () -> proxy.get("alice"))).as("of %d keys", most).isZero();
    }
    change(proxy, Limiting.of("users").by("", 50_000, "User").perSecond(1, 7));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
    assertThat(proxy.reading("users").passed()).isEqualTo(7);
  }

  @Test
  void keepsWhatIsMissingWhenABucketComesToLeak() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    change(proxy, users().leaking(1, 0));
    assertThat(proxy.ask(proxy.get("alice")).refusal()).isNotNull();
    proxy.time.advance(Duration.ofSeconds(5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(1);
    change(proxy, users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(4);
  }

  @Test
  void keepsPlacesWhenMoreOrFewerKeysAreRemembered() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("users").by("", 1, "User").atATime(1));
    List<Fate> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(proxy.ask(proxy.get("user" + i % 20)));
    }
    change(proxy, Limiting.of("users").by("", 5_000, "User").atATime(1));
    assertThat(proxy.passing(9, () -> proxy.get("user0"))).isZero();
    all.forEach(Fate::end);
    for (int i = 0; i < 20; i++) {
      String user = "user" + i;
      assertThat(proxy.passing(9, () -> proxy.get(user))).isEqualTo(1);
    }
  }

  @Test
  void beginsAnewWhereItCountsSomethingElse() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    change(proxy, Limiting.of("users").by("Namespace").perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
    change(proxy);
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(9);
    change(proxy, users().perSecond(1, 5));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(5);
  }

  @Test
  void leavesThePlacesOfALimitThatIsGoneOrOther() {
    RateLimit few = users().atATime(2);
    LimitedProxy proxy = new LimitedProxy(few);
    Fate first = proxy.ask(proxy.get("alice"));
    proxy.ask(proxy.get("alice"));
    change(proxy, users().atATime(3));
    Fate third = proxy.ask(proxy.get("alice"));
    assertThat(third.passes()).isTrue();
    assertThat(proxy.ask(proxy.get("alice")).passes()).isFalse();
    change(proxy, Limiting.of("users").atATime(1));
    Fate other = proxy.ask(proxy.get("alice"));
    assertThat(other.passes()).isTrue();
    first.end();
    third.end();
    assertThat(proxy.ask(proxy.get("bob")).passes()).as("the place is not theirs").isFalse();
    change(proxy);
    other.end();
    change(proxy, Limiting.of("users").atATime(1));
    assertThat(proxy.ask(proxy.get("bob")).passes()).isTrue();
  }

  /** It passed by the limits that were in force when it came. */
  @Test
  void refundsByTheLimitsThatARequestPassed() {
    LimitedProxy proxy = new LimitedProxy(users().perSecond(1, 2));
    FakeAsked asked = proxy.get("alice");
    Fate fate = proxy.ask(asked);
    change(proxy, users().perSecond(4, 2));
    asked.refused = true;
    fate.end();
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
  }

  /** A hundred changes a second under load; no interval has more than the larger limit gives. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @Tag("L-19")
  void neverLetsMorePassThanTheLargerLimitInAnyInterval(long seed) {
    Random random = new Random(seed);
    LimitedProxy proxy = new LimitedProxy(users().perSecond(RATE, BURST));
    List<Long> passed = new ArrayList<>();
    long end = TimeUnit.SECONDS.toNanos(20);
    long next = 0;
    while (proxy.time.nanoTime() < end) {
      proxy.time.advance(Duration.ofNanos(random.nextInt(4_000_000)));
      if (random.nextInt(500) == 0) {
        proxy.time.advance(Duration.ofMillis(random.nextInt(1_500))); // it fills up meanwhile
      }
      if (proxy.time.nanoTime() >= next) {
        next += TimeUnit.MILLISECONDS.toNanos(10);
        change(proxy, any(random));
      }
      if (proxy.ask(proxy.get("alice")).passes()) {
        passed.add(proxy.time.nanoTime());
      }
      proxy.ask(proxy.get("user" + random.nextInt(100)));
    }
    assertThat(passed).hasSizeGreaterThan(20);
    assertThat(proxy.limits.keyOverflows()).isZero();
    for (int first = 0; first < passed.size(); first++) {
      for (int last = first; last < passed.size(); last++) {
        long nanos = passed.get(last) - passed.get(first);
        if (last - first + 1 > BURST + RATE * nanos / 1e9 + 1e-6) {
          throw new AssertionError(
              "%d passed in %d ns from %d".formatted(last - first + 1, nanos, passed.get(first)));
        }
      }
    }
  }

  /**
   * Another rate, burst, number of keys or kind of bucket; or the largest, to grow into. There is
   * room for all keys, whatever their hashes.
   */
  private static RateLimit any(Random random) {
    int rate = 1 + random.nextInt(RATE);
    Limiting limit = Limiting.of("users").by("", 400 + random.nextInt(3) * 200, "User");
    return switch (random.nextInt(4)) {
      case 0 -> limit.leaking(rate, 0);
      case 1 -> limit.perSecond(RATE, BURST);
      default -> limit.perSecond(rate, 1 + random.nextInt(BURST));
    };
  }
}
