package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.time.Pace;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is paced by bytes, piece by piece, in virtual time. Specification L-21. */
class ByteMeterTest {
  private static final long RATE = 8 << 20;
  private static final long BURST = 1 << 20;
  private static final long ALL = 64 << 20;

  /** A full bucket is full again after so long. */
  private static final long BURST_NANOS = nanos(BURST);

  private final LimitedProxy proxy =
      new LimitedProxy(
          Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(RATE, "1s", BURST, "0s"));

  private static long nanos(long bytes) {
    return (long) (bytes * (double) TimeUnit.SECONDS.toNanos(1) / RATE);
  }

  /** One tunnel, which always has something to say. */
  private final class Tunnel {
    private final ByteMeter meter;
    private final Random random;
    private long in;
    private long out;
    private long mayGoOn;

    Tunnel(String user, long seed) {
      FakeAsked asked = proxy.get(user);
      assertThat(proxy.ask(asked).passes()).isTrue();
      meter = Objects.requireNonNull(proxy.limits.meter(asked));
      random = new Random(seed);
      mayGoOn = proxy.time.nanoTime();
    }

    long passed() {
      return in + out;
    }

    /** A piece of either way passes; returns for how long none is to pass. */
    long pass(long most) {
      int size = (int) Math.min(most, 1 + random.nextInt((int) Pace.PIECE));
      if (random.nextBoolean()) {
        in += size;
      } else {
        out += size;
      }
      long wait = meter.moved(in, out);
      mayGoOn = proxy.time.nanoTime() + wait;
      return wait;
    }

    /** It wakes so long after its time. */
    void wake(long lateNanos) {
      long nanos = Math.max(0, mayGoOn - proxy.time.nanoTime()) + lateNanos;
      proxy.time.advance(Duration.ofNanos(nanos));
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  /**
   * 64 MiB at 8 MiB/s, and whoever wakes it is late each time, by up to what a whole burst takes.
   * What it owes at the end is by the law of its begin, as if nobody had ever been late.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void losesNothingToWakesThatAreLate(long seed) {
    Random late = new Random(~seed);
    long begin = proxy.time.nanoTime();
    Tunnel tunnel = new Tunnel("alice", seed);
    long owed = 0;
    while (tunnel.passed() < ALL) {
      owed = tunnel.pass(ALL - tunnel.passed());
      if (owed > 0 && tunnel.passed() < ALL) {
        tunnel.wake(late.nextLong(BURST_NANOS));
      }
    }
    long paid = proxy.time.nanoTime() - begin;
    if (owed > 0) {
      assertThat(paid + owed).isCloseTo(nanos(ALL - BURST), within(2_000L));
    } else {
      assertThat(paid).isBetween(nanos(ALL - BURST), nanos(ALL - BURST) + BURST_NANOS);
    }
  }

  /** A burst bounds what may be made good: else it would be exceeded. */
  @Test
  void losesWhatAWakeIsLaterThanABurstTakes() {
    Duration tooLate = Duration.ofMillis(300);
    long begin = proxy.time.nanoTime();
    Tunnel tunnel = new Tunnel("alice", 1);
    int wakes = 0;
    long owed = 0;
    while (tunnel.passed() < ALL) {
      owed = tunnel.pass(ALL - tunnel.passed());
      if (owed > 0 && tunnel.passed() < ALL) {
        tunnel.wake(wakes++ % 100 == 50 ? BURST_NANOS + tooLate.toNanos() : 0);
      }
    }
    int times = (wakes + 49) / 100;
    assertThat(times).isGreaterThan(3);
    assertThat(proxy.time.nanoTime() - begin + owed)
        .isCloseTo(nanos(ALL - BURST) + times * tooLate.toNanos(), within(2_000L));
  }

  /** L-19, with what is read at a time on top: in every window from one wake to another. */
  @ParameterizedTest
  @MethodSource("seeds")
  void neverPassesMoreThanABurstAndWhatTimeBrings(long seed) {
    Random late = new Random(~seed);
    int number = 1 + late.nextInt(5);
    Tunnel[] tunnels =
        IntStream.range(0, number)
            .mapToObj(i -> new Tunnel("alice", seed * 10 + i))
            .toArray(Tunnel[]::new);
    long[] at = new long[3_000];
    long[] passed = new long[at.length];
    long sum = 0;
    for (int i = 0; i < at.length; i++) {
      Tunnel first = tunnels[0];
      for (Tunnel other : tunnels) {
        first = other.mayGoOn - first.mayGoOn < 0 ? other : first;
      }
      first.wake(late.nextInt(4) == 0 ? late.nextLong(2 * BURST_NANOS) : 0);
      at[i] = proxy.time.nanoTime();
      long before = first.passed();
      first.pass(Long.MAX_VALUE);
      passed[i] = sum;
      sum += first.passed() - before;
    }
    long beyond = number * Pace.PIECE;
    for (int i = 0; i < at.length; i++) {
      for (int k = i; k < at.length; k += 7) {
        long end = k + 1 < at.length ? passed[k + 1] : sum;
        double law = BURST + (at[k] - at[i]) / 1e9 * RATE;
        if (end - passed[i] > law + beyond) {
          throw new AssertionError("from %d to %d: more than %.0f".formatted(i, k, law));
        }
      }
    }
  }
}
