package io.apfproxy.bench;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.time.TimeSource;
import java.util.ArrayDeque;
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
 * One decision of a priority level, from arrival to the end: what {@link QueueSetBench} measures,
 * and the lock, the clock, seat demand and load beside it. The counterpart of the reference's
 * StartRequest and Finish.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LevelBench {
  private static final int SEATS = 16;
  private static final int FLOWS = 1024;

  @Param({"0", "1", "64", "128", "512", "1024", "4096", "10000"})
  public int queues;

  /** Requests that wait, in the mean, in every queue. */
  @Param({"0", "5"})
  public int waiting;

  private final ArrayDeque<BenchRequest> executing = new ArrayDeque<>();
  private long[] hashes;
  private int calls;
  private PriorityLevel level;
  private FlowTally tally;

  /** Fills the queues. */
  @Setup
  public void fill() {
    level =
        new PriorityLevel(
            "bench",
            Shapes.of(queues),
            SEATS,
            TimeSource.system(),
            (nanos, action) -> {
              throw new IllegalStateException("nothing lingers");
            },
            () -> {});
    tally = level.tally("bench");
    SplittableRandom random = new SplittableRandom(1);
    hashes = random.longs(FLOWS).toArray();
    if (waiting > 0 && queues > 0) {
      for (int i = 0; i < SEATS + waiting * queues; i++) {
        arrive(random.nextLong());
      }
    }
  }

  /** The queues are as full as they were. */
  @TearDown
  public void check() {
    QueueSetState state = level.state().queueSet();
    if (state.waiting() != waiting * queues) {
      throw new IllegalStateException(state.toString());
    }
  }

  /** While queues are full, the next to come is of the flow that was served. */
  @Benchmark
  public boolean decide() {
    if (executing.isEmpty()) {
      arrive(hashes[calls++ % FLOWS]);
      return level.finish(executing.removeFirst());
    }
    BenchRequest served = executing.removeFirst();
    boolean finished = level.finish(served);
    arrive(served.flowHash());
    return finished;
  }

  private void arrive(long flowHash) {
    level.start(new BenchRequest(tally, flowHash, executing));
  }
}
