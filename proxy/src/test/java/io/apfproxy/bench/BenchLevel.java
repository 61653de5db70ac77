package io.apfproxy.bench;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.time.TimeSource;
import java.util.ArrayDeque;
import java.util.SplittableRandom;

/**
 * A priority level of 16 seats and requests of 1,024 flows, each one seat wide, of which none
 * lingers.
 */
final class BenchLevel {
  static final int SEATS = 16;
  private static final int FLOWS = 1024;

  final PriorityLevel level;

  /** Those that hold their seats, in the order in which they got them. */
  final ArrayDeque<BenchRequest> executing = new ArrayDeque<>();

  private final FlowTally tally;
  private final long[] hashes = new SplittableRandom(1).longs(FLOWS).toArray();
  private int calls;

  BenchLevel(int queues) {
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
  }

  /** A request of the next flow comes. */
  void arrive() {
    arrive(hashes[calls++ % FLOWS]);
  }

  void arrive(long flowHash) {
    level.start(new BenchRequest(tally, flowHash, executing));
  }

  /** The one that has executed longest ends. */
  boolean finish() {
    return level.finish(executing.removeFirst());
  }
}
