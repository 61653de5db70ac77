package io.apfproxy.bench;

import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.QueueSet;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.SeatRequest;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One decision of a queue set: a request arrives, one is dispatched, one ends. As many wait and
 * execute afterwards as before. Virtual time, no lock, no metrics.
 */
public class QueueSetBench extends TimedBench {
  private static final int SEATS = 16;
  private static final long STEP_NANOS = 3_000_000 / SEATS;

  @Param({"1", "64", "128", "512", "1024", "4096", "10000"})
  public int queues;

  /** Requests that wait, in the mean, in every queue. */
  @Param({"0", "5"})
  public int waiting;

  /** Flows that call in turn while nothing waits. Few of them use few queues, and less memory. */
  @Param({"1024"})
  public int flows;

  private final ArrayDeque<BenchRequest> executing = new ArrayDeque<>();
  private final FlowTally tally = new FlowTally("bench");
  private long[] hashes;
  private int calls;
  private QueueSet set;
  private long now;

  /** Fills the queues. */
  @Setup
  public void fill() {
    set = new QueueSet(Shapes.of(queues), SEATS, now, (nanos, seats) -> {});
    SplittableRandom random = new SplittableRandom(1);
    hashes = random.longs(flows).toArray();
    if (waiting > 0) {
      for (int i = 0; i < SEATS + waiting * queues; i++) {
        arrive(random.nextLong());
      }
    }
  }

  /** The queues are as full as they were. */
  @TearDown
  public void check() {
    QueueSetState state = QueueSetState.of(set);
    if (state.waiting() != waiting * queues
        || state.activeQueues() != (waiting > 0 ? queues : 0)
        || state.executing() != (waiting > 0 ? SEATS : 0)) {
      throw new IllegalStateException(state.toString());
    }
  }

  /** While queues are full, the next to come is of the flow that was served. */
  @Benchmark
  public long decide() {
    now += STEP_NANOS;
    if (waiting == 0) {
      arrive(hashes[calls++ % flows]);
      finish(executing.removeFirst());
    } else {
      BenchRequest served = executing.removeFirst();
      finish(served);
      arrive(served.flowHash());
    }
    return now;
  }

  private void arrive(long flowHash) {
    set.arrive(new BenchRequest(tally, flowHash, executing), now);
    SeatRequest.deliver(set.takeDecided());
  }

  private void finish(BenchRequest request) {
    set.finish(request, now);
    SeatRequest.deliver(set.takeDecided());
  }
}
