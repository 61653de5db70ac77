package io.apfproxy.bench;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstTerms;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What credit costs a decision of a priority level that has seats for it, and one that gets seats
 * beyond the limit for it.
 */
public class BurstBench extends TimedBench {
  /** Whether the level may burst at all, saves only, or gets each seat beyond its limit. */
  @Param({"none", "saved", "spent"})
  public String credit;

  private final BurstSeats pool = new BurstSeats(BenchLevel.SEATS, () -> true);
  private BenchLevel level;

  /** More seats of its own than it ever uses, so that what it saved never ends. */
  @Setup
  public void save() throws InterruptedException {
    level = new BenchLevel(64);
    PriorityLevel bursting = level.level;
    if (!credit.equals("none")) {
      bursting.setBurst(new BurstTerms(BenchLevel.SEATS, 1, 100 * BenchLevel.SEATS), pool);
      while (Objects.requireNonNull(bursting.burst()).creditSeatNanos()
          < TimeUnit.SECONDS.toNanos(2)) {
        Thread.sleep(1);
      }
    }
    if (credit.equals("spent")) {
      for (int i = 0; i < BenchLevel.SEATS; i++) {
        level.arrive();
      }
      level.executing.clear(); // these never end
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
    level.arrive();
    return level.executing.size() < 2 || level.finish();
  }
}
