package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitedProxy.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several proxies that let pass together what one of them would. */
@Tag("L-29")
class RateLimitFleetTest {
  private static final long RATE = 10;
  private static final int BURST = 7;

  private static Limiting shared() {
    return Limiting.of("fleet").by("User").ofTheFleet();
  }

  private static List<LimitedProxy> fleet(int replicas, RateLimit limit) {
    return IntStream.range(0, replicas).mapToObj(i -> new LimitedProxy(replicas, limit)).toList();
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "7"})
  void togetherTheyLetPassNoMoreThanOneWouldInAnyInterval(int replicas) {
    List<LimitedProxy> fleet = fleet(replicas, shared().tokens(RATE, "1s", BURST, "0s"));
    BucketLaw law = new BucketLaw(BURST, RATE);
    Random random = new Random(replicas);
    for (int i = 0; i < 2_000; i++) {
      Duration pause = Duration.ofNanos(random.nextInt(40_000_000));
      fleet.forEach(proxy -> proxy.time.advance(pause));
      LimitedProxy one = fleet.get(random.nextInt(replicas));
      Fate fate = one.ask(one.get("alice"));
      if (fate.passes()) {
        law.passed(one.time.nanoTime(), one.time.nanoTime());
      }
    }

    assertThat(law.excess()).isLessThanOrEqualTo(0);
    long seconds = fleet.get(0).time.nanoTime() / TimeUnit.SECONDS.toNanos(1);
    assertThat(law.passed()).as("in %d s", seconds).isGreaterThan((int) (seconds * RATE * 8 / 10));
  }

  /**
   * How many there are is told at the start, so another number is a start of all of them, and a
   * proxy that starts has seen nobody: each change gives at most one more burst.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aChangeOfTheirNumberGivesAtMostOneMoreBurst(long seed) {
    RateLimit limit = shared().tokens(RATE, "1s", BURST, "0s");
    BucketLaw all = new BucketLaw(BURST, RATE);
    BucketLaw firstChange = new BucketLaw(BURST, RATE);
    BucketLaw secondChange = new BucketLaw(BURST, RATE);
    Random random = new Random(seed);

    Duration now = play(fleet(1, limit), random, Duration.ZERO, List.of(all, firstChange));
    now = play(fleet(3, limit), random, now, List.of(all, firstChange, secondChange));
    play(fleet(2, limit), random, now, List.of(all, secondChange));

    assertThat(firstChange.excess()).as("two bursts around the first").isBetween(1.0, 1.0 * BURST);
    assertThat(secondChange.excess()).as("and the second").isBetween(1.0, 1.0 * BURST);
    assertThat(all.excess()).isLessThanOrEqualTo(2.0 * BURST);
  }

  /**
   * As many as there are ask for more than they get, for half a minute, in which the law holds.
   *
   * @param from when they start
   * @param laws that are told of those that pass, too
   * @return when they end
   */
  private static Duration play(
      List<LimitedProxy> fleet, Random random, Duration from, List<BucketLaw> laws) {
    BucketLaw own = new BucketLaw(BURST, RATE);
    fleet.forEach(proxy -> proxy.time.advance(from));
    LimitedProxy clock = fleet.get(0);
    while (clock.time.nanoTime() - from.toNanos() < TimeUnit.SECONDS.toNanos(30)) {
      LimitedProxy one = fleet.get(random.nextInt(fleet.size()));
      if (one.ask(one.get("alice")).passes()) {
        long at = one.time.nanoTime();
        own.passed(at, at);
        laws.forEach(law -> law.passed(at, at));
      }
      Duration pause = Duration.ofNanos(random.nextInt(4_000_000));
      fleet.forEach(proxy -> proxy.time.advance(pause));
    }
    assertThat(own.excess()).as("of %d", fleet.size()).isLessThanOrEqualTo(0);
    return Duration.ofNanos(clock.time.nanoTime());
  }

  /** A tenth of 1,000 a day is not 1,000 in ten days: there is no period of that length. */
  @Test
  void togetherTheyLetPassNoMoreInDaysEither() {
    List<LimitedProxy> fleet = fleet(10, shared().tokens(1_000, "24h", 1_000, "0s"));
    long passed = 0;
    for (int hour = 0; hour < 48; hour++) {
      for (LimitedProxy proxy : fleet) {
        passed += proxy.passing(200, () -> proxy.get("alice"));
        proxy.time.advance(Duration.ofHours(1));
      }
    }
    assertThat(passed).isBetween(2_900L, 3_000L);
  }

  @Test
  void eachLetsAtLeastOnePass() {
    for (LimitedProxy proxy : fleet(10, shared().tokens(RATE, "1s", 3, "0s"))) {
      assertThat(proxy.passing(5, () -> proxy.get("alice"))).isEqualTo(1);
    }
    for (LimitedProxy proxy : fleet(10, shared().atATime(3))) {
      assertThat(proxy.passing(5, () -> proxy.get("alice"))).isEqualTo(1);
    }
  }

  @Test
  void placesAndCapacityAreShared() {
    for (LimitedProxy proxy : fleet(3, shared().atATime(7))) {
      assertThat(proxy.passing(5, () -> proxy.get("alice"))).isEqualTo(2);
    }
    LimitedProxy leaking = fleet(2, shared().leaking(10, 5)).get(0);

    List<Fate> fates =
        IntStream.range(0, 4).mapToObj(i -> leaking.ask(leaking.get("alice"))).toList();

    assertThat(fates)
        .extracting(fate -> TimeUnit.NANOSECONDS.toMillis(fate.nanos()))
        .startsWith(0L, 200L, 400L);
    assertThat(fates.get(3).refusal()).isNotNull();
  }

  @Test
  void aLimitOfEachProxyIsNotShared() {
    LimitedProxy proxy = new LimitedProxy(5, Limiting.of("own").tokens(1, "1s", 20, "0s"));

    assertThat(proxy.passing(30, () -> proxy.get("alice"))).isEqualTo(20);
  }

  /** One a day of all is one in sixty-four days of each: as good as that, three days. */
  @Test
  void theRarestIsAsRareAsCanBeCounted() {
    LimitedProxy proxy = fleet(64, shared().tokens(1, "24h", 1, "0s")).get(0);
    assertThat(proxy.passing(2, () -> proxy.get("alice"))).isEqualTo(1);

    proxy.time.advance(Duration.ofDays(3));
    assertThat(proxy.passing(2, () -> proxy.get("alice"))).isZero();
    proxy.time.advance(Duration.ofHours(7));
    assertThat(proxy.passing(2, () -> proxy.get("alice"))).isEqualTo(1);
  }
}
