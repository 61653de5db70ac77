package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specification limits.md L-18, L-19, L-23, L-28. */
class PaceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long NO_MATTER = TimeUnit.DAYS.toNanos(1);
  private static final int LIMITS = 10_000;
  private static final int ARRIVALS = 60;

  /** One key, and what began of it. */
  private static final class Bucket {
    private Pace pace;
    private final long origin;
    private long due;

    Bucket(Pace pace, long now) {
      this.pace = pace;
      this.origin = now;
      this.due = pace.whole(0);
    }

    private long ticks(long now) {
      return (now - origin) << Pace.TICK_BITS;
    }

    long ask(long now, long units) {
      return pace.wait(due, ticks(now), units, NO_MATTER);
    }

    long take(long now, long units) {
      long wait = ask(now, units);
      if (wait >= 0) {
        due = pace.after(due, ticks(now), units);
      }
      return wait;
    }

    void back(long now, long units) {
      due = pace.back(due, ticks(now), units);
    }

    int takenAtOnce(long now) {
      int taken = 0;
      while (take(now, 1) == 0) {
        taken++;
      }
      return taken;
    }

    /** In thousandths. */
    long missing(long now) {
      return Math.round(1000 * pace.used(due, ticks(now)));
    }
  }

  private record Start(long at, long units) {}

  /** A limit, and how clients ask, all by its seed. */
  private static final class Play {
    private final Random random;
    private final String seed;
    private final boolean leaky;
    private final long rate;
    private final long period;
    private final long burst;
    private final Bucket bucket;
    private final List<Start> starts = new ArrayList<>();
    private final List<Start> toGiveBack = new ArrayList<>();
    private long now;

    Play(long seed) {
      this.seed = "seed " + seed;
      this.random = new Random(seed);
      this.leaky = random.nextInt(4) == 0;
      this.period = 1 + (long) Math.pow(10, 6 + 7 * random.nextDouble());
      this.rate = 1 + (long) Math.pow(10, 6 * random.nextDouble());
      long most = Math.max(1, Math.min(40, rate * TimeUnit.DAYS.toNanos(1) / period));
      this.burst = leaky ? 1 : 1 + random.nextInt((int) most);
      long patience = random.nextBoolean() ? 0 : random.nextInt((int) most + 1);
      this.now = Long.MAX_VALUE - random.nextInt(1_000_000); // it may overflow on the way
      this.bucket =
          new Bucket(
              leaky
                  ? Pace.leakyBucket(rate, period, patience)
                  : Pace.tokenBucket(
                      rate, period, burst, Math.min(patience * (period / rate), NO_MATTER)),
              now);
    }

    void play() {
      for (int i = 0; i < ARRIVALS; i++) {
        if (random.nextInt(3) > 0) {
          giveBack();
          now += (long) (random.nextDouble() * 2 * period / rate);
        }
        long units = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
        long wait = bucket.take(now, units);
        if (wait < 0) {
          assertThat(bucket.ask(now - wait - 1, units)).as(seed).isNegative();
          assertThat(bucket.ask(now - wait, units)).as(seed).isNotNegative();
          continue;
        }
        Start start = new Start(now + wait, leaky ? units : Math.min(units, burst));
        if (wait == 0 && random.nextInt(4) == 0) {
          toGiveBack.add(start); // at the same instant, but others may come before it
        } else {
          starts.add(start);
        }
        if (random.nextBoolean()) {
          giveBack();
        }
      }
    }

    private void giveBack() {
      toGiveBack.forEach(start -> bucket.back(now, start.units()));
      toGiveBack.clear();
    }

    void check() {
      for (int i = 0; i < starts.size(); i++) {
        long units = 0;
        for (int j = i; j < starts.size(); j++) {
          Start last = starts.get(j);
          units += last.units();
          if (leaky && j > i) {
            assertThat(last.at() - starts.get(j - 1).at()).as(seed).isPositive();
          }
          long beyond = leaky ? units - last.units() : units - burst;
          // starts are whole nanoseconds: the least interval that may have been rounded to this one
          long interval = last.at() - starts.get(i).at() + 1;
          assertThat(
                  BigInteger.valueOf(beyond)
                      .multiply(BigInteger.valueOf(period))
                      .compareTo(BigInteger.valueOf(interval).multiply(BigInteger.valueOf(rate))))
              .as("%s, %d units in %d ns", seed, units, interval)
              .isNotPositive();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void neverLetsMoreBeginThanBurstAndRateInAnyInterval(long seed) {
    Random random = new Random(seed);
    long begun = 0;
    for (int i = 0; i < LIMITS; i++) {
      Play play = new Play(random.nextLong());
      play.play();
      play.check();
      begun += play.starts.size();
    }
    assertThat(begun).isGreaterThan(LIMITS * 5L);
  }

  @Test
  void givesAWholeBurstOneByOneWhateverTheRate() {
    for (int rate = 1; rate < 2_000; rate++) {
      Bucket bucket = new Bucket(Pace.perSecond(rate, 40), 0);
      assertThat(bucket.takenAtOnce(0)).as("at %d a second", rate).isEqualTo(40);
    }
  }

  @Test
  void saysToTheNanosecondWhenThereIsAUnitAgain() {
    Bucket bucket = new Bucket(Pace.perSecond(4, 2), 0);
    assertThat(bucket.takenAtOnce(0)).isEqualTo(2);
    assertThat(bucket.take(0, 1)).isEqualTo(-SECOND / 4);
    assertThat(bucket.take(SECOND / 4 - 1, 1)).isEqualTo(-1);
    assertThat(bucket.take(SECOND / 4, 1)).isZero();
  }

  @Test
  void letsWaitUpToItsPatienceAndThatOfTheAsker() {
    Pace pace = Pace.tokenBucket(1, SECOND, 1, 2 * SECOND);
    Bucket bucket = new Bucket(pace, 0);
    assertThat(bucket.take(0, 1)).isZero();
    assertThat(pace.wait(bucket.due, 0, 1, SECOND - 1)).isEqualTo(-1);
    assertThat(bucket.take(0, 1)).isEqualTo(SECOND);
    assertThat(bucket.take(0, 1)).isEqualTo(2 * SECOND);
    assertThat(bucket.take(0, 1)).isEqualTo(-SECOND);
  }

  @Test
  void losesNothingToSpeakOfInADayOfAnOddRate() {
    long rate = 999_983;
    Bucket bucket = new Bucket(Pace.tokenBucket(rate, SECOND, rate, NO_MATTER / 2), 0);
    bucket.take(0, rate);
    long now = 0;
    for (int second = 0; second < 86_400; second++) {
      long wait = bucket.take(now, rate);
      now += wait;
    }
    double asked = 86_400.0 * SECOND;
    assertThat(now).isGreaterThanOrEqualTo(86_400 * SECOND);
    assertThat((now - asked) / asked).isLessThanOrEqualTo(1e-6);
  }

  /** What comes back can be taken by another, but not beside one who waits for it already. */
  @Test
  void takesUnitsBackWhileNobodyWaits() {
    Bucket bucket = new Bucket(Pace.tokenBucket(1, SECOND, 2, 5 * SECOND), 0);
    bucket.take(0, 1);
    bucket.take(0, 1);
    bucket.back(0, 1);
    assertThat(bucket.take(0, 1)).isZero();
    assertThat(bucket.take(0, 1)).isEqualTo(SECOND);
    bucket.back(0, 1);
    assertThat(bucket.ask(0, 1)).isEqualTo(2 * SECOND);
    bucket.back(SECOND, 1);
    assertThat(bucket.ask(SECOND, 1)).isZero();
  }

  @Test
  void letsALeakyBucketTakeNothingBack() {
    Bucket bucket = new Bucket(Pace.leakyBucket(1, SECOND, 1), 0);
    assertThat(bucket.take(0, 1)).isZero();
    bucket.back(0, 1);
    assertThat(bucket.take(0, 1)).isEqualTo(SECOND);
    assertThat(bucket.take(0, 1)).isEqualTo(-SECOND);
  }

  /** What nginx calls excess, in nanoseconds: a request beyond it has the time of one. */
  private static final class Nginx {
    private final long one;
    private final long burst;
    private final long delayFrom;
    private long excess;
    private long last;
    private boolean used;

    Nginx(long one, long burst, long delayFrom) {
      this.one = one;
      this.burst = burst;
      this.delayFrom = delayFrom;
    }

    /** Its delay, or -1 if refused. */
    long ask(long now) {
      long next = used ? Math.max(0, excess - (now - last) + one) : 0;
      if (next > burst * one) {
        return -1;
      }
      excess = next;
      last = now;
      used = true;
      return Math.max(0, next - delayFrom * one);
    }
  }

  /** The table of L-18: burst=N alone, with nodelay, with delay=M. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void doesAsNginxDoes(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      long one = TimeUnit.MILLISECONDS.toNanos(1);
      int burst = random.nextInt(20);
      int from = random.nextInt(burst + 1);
      List<Nginx> theirs =
          List.of(
              new Nginx(one, burst, 0), new Nginx(one, burst, burst), new Nginx(one, burst, from));
      List<Bucket> ours =
          List.of(
              new Bucket(Pace.leakyBucket(1_000, SECOND, burst), 0),
              new Bucket(Pace.perSecond(1_000, burst + 1), 0),
              new Bucket(Pace.tokenBucket(1_000, SECOND, from + 1L, (burst - from) * one), 0));
      long now = 0;
      for (int request = 0; request < 200; request++) {
        now += (long) (random.nextDouble() * random.nextDouble() * 4 * one);
        for (int way = 0; way < ours.size(); way++) {
          long wait = ours.get(way).take(now, 1);
          assertThat(Math.max(-1, wait)).isEqualTo(theirs.get(way).ask(now));
        }
      }
    }
  }

  /**
   * What is taken in pieces is rounded piece by piece, also where a unit costs less than a tick.
   */
  @ParameterizedTest
  @ValueSource(longs = {1_000, 8 << 20, 3_333_333_333L, 1_000_000_000_000L})
  void letsPiecesThroughAtTheirRate(long rate) {
    long burst = Pace.PIECE;
    Bucket bucket = new Bucket(Pace.ofPieces(rate, SECOND, burst, 0), 0);
    long now = 0;
    long moved = 0;
    for (int piece = 0; piece < 10_000; piece++) {
      assertThat(bucket.ask(now, 0)).isZero();
      bucket.due = bucket.pace.after(bucket.due, bucket.ticks(now), Pace.PIECE);
      moved += Pace.PIECE;
      now += Math.max(0, -bucket.ask(now, 0));
    }
    double law = (double) (moved - burst) * SECOND / rate;
    assertThat((double) now).isBetween(law - 1, law * (1 + 1e-6) + 10_000);
    change(bucket, Pace.ofPieces(2 * rate, SECOND, burst, 0), now);
    assertThat(bucket.missing(now)).as("all of it").isBetween(990L, 1_000L);
  }

  /** L-28: a higher rate forgives nothing, a higher burst adds its difference. */
  @Test
  void keepsTheUnitsThatAreMissingWhenItChanges() {
    Bucket bucket = new Bucket(Pace.perSecond(10, 100), 0);
    assertThat(bucket.takenAtOnce(0)).isEqualTo(100);
    long now = 3 * SECOND;
    change(bucket, Pace.perSecond(1_000, 100), now);
    assertThat(bucket.missing(now)).isEqualTo(700);
    assertThat(bucket.takenAtOnce(now)).isEqualTo(30);
    change(bucket, Pace.perSecond(3, 120), now);
    assertThat(bucket.takenAtOnce(now)).isEqualTo(20);
    change(bucket, Pace.perSecond(3, 60), now);
    assertThat(bucket.take(now + 20 * SECOND, 1)).isEqualTo(-SECOND / 3 - 1);
    change(bucket, Pace.tokenBucket(1, NO_MATTER, 1, 0), now);
    assertThat(bucket.take(now + 20 * NO_MATTER, 1)).as("26 days at most").isNegative();
    assertThat(bucket.take(now + 27 * NO_MATTER, 1)).isZero();
  }

  private static void change(Bucket bucket, Pace next, long now) {
    bucket.due = next.carried(bucket.due, bucket.ticks(now), bucket.pace);
    bucket.pace = next;
  }

  @Test
  void refusesWhatCannotBeReckonedWith() {
    assertThatThrownBy(() -> Pace.perSecond(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Pace.perSecond(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Pace.tokenBucket(1, NO_MATTER, 100, 0))
        .hasMessageContaining("must take days at most to fill");
  }
}
