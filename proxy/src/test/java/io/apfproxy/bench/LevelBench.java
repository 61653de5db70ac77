package io.apfproxy.bench;

import io.apfproxy.queueset.QueueSetState;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One decision of a priority level, from arrival to the end: what {@link QueueSetBench} measures,
 * and the lock, the clock, seat demand and load beside it. The counterpart of the reference's
 * StartRequest and Finish.
 */
public class LevelBench extends TimedBench {
  @Param({"0", "1", "64", "128", "512", "1024", "4096", "10000"})
  public int queues;

  /** Requests that wait, in the mean, in every queue. */
  @Param({"0", "5"})
  public int waiting;

  private BenchLevel level;

  /** Fills the queues. */
  @Setup
  public void fill() {
    level = new BenchLevel(queues);
    SplittableRandom random = new SplittableRandom(2);
    if (waiting > 0 && queues > 0) {
      for (int i = 0; i < BenchLevel.SEATS + waiting * queues; i++) {
        level.arrive(random.nextLong());
      }
    }
  }

  /** The queues are as full as they were. */
  @TearDown
  public void check() {
    QueueSetState state = level.level.state().queueSet();
    if (state.waiting() != waiting * queues) {
      throw new IllegalStateException(state.toString());
    }
  }

  /** While queues are full, the next to come is of the flow that was served. */
  @Benchmark
  public boolean decide() {
    BenchRequest served = level.executing.peekFirst();
    if (served == null) {
      level.arrive();
      return level.finish();
    }
    boolean finished = level.finish();
    level.arrive(served.flowHash());
    return finished;
  }
}
