package io.apfproxy.bench;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstTerms;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.time.TimeSource;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What credit costs a decision of a priority level that has seats for it, and one that gets seats
 * beyond the limit for it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BurstBench {
  private static final int SEATS = 16;
  private static final int FLOWS = 1024;

  /** Whether the level may burst at all, saves only, or gets each seat beyond its limit. */
  @Param({"none", "saved", "spent"})
  public String credit;

  private final ArrayDeque<BenchRequest> executing = new ArrayDeque<>();
  private final BurstSeats pool = new BurstSeats(SEATS, () -> true);
  private long[] hashes;
  private int calls;
  private PriorityLevel level;
  private FlowTally tally;

  /** More seats of its own than it ever uses, so that what it saved never ends. */
  @Setup
  public void save() throws InterruptedException {
    level =
        new PriorityLevel(
            "bench",
            Shapes.of(64),
            SEATS,
            TimeSource.system(),
            (nanos, action) -> {
              throw new IllegalStateException("nothing lingers");
            },
            () -> {});
    tally = level.tally("bench");
    hashes = new SplittableRandom(1).longs(FLOWS).toArray();
    if (!credit.equals("none")) {
      level.setBurst(new BurstTerms(SEATS, 1, 100 * SEATS), pool);
      while (Objects.requireNonNull(level.burst()).creditSeatNanos()
          < TimeUnit.SECONDS.toNanos(2)) {
        Thread.sleep(1);
      }
    }
    if (credit.equals("spent")) {
      for (int i = 0; i < SEATS; i++) {
        level.start(new BenchRequest(tally, hashes[i], new ArrayDeque<>()));
      }
    }
  }

  /** Each was what it should have been. */
  @TearDown
  public void check() {
    if (credit.equals("spent") != (pool.inUse() > 0)) {
      throw new IllegalStateException(credit + ", but " + pool.inUse() + " are beyond the limit");
    }
  }

  /** There is always one that executes; the next one comes, and that one ends. */
  @Benchmark
  public boolean decide() {
    level.start(new BenchRequest(tally, hashes[calls++ % FLOWS], executing));
    return executing.size() < 2 || level.finish(executing.removeFirst());
  }
}
