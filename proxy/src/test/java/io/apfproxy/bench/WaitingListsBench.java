package io.apfproxy.bench;

import io.apfproxy.queueset.FlowTally;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the memory alone costs: as many lists of as many requests as in {@link LevelBench}, without
 * virtual time, order, lock and clock. Of six random lists the shortest takes a new request, and
 * another gives its oldest away. By what this grows with the number of lists, caches and collector
 * make a decision dearer, and no structure could help it.
 */
public class WaitingListsBench extends TimedBench {
  private static final int HAND = 6;
  private static final int WAITING = 5;

  @Param({"64", "128", "512", "1024", "4096", "10000"})
  public int lists;

  private final FlowTally tally = new FlowTally("bench");
  private final ArrayDeque<BenchRequest> executing = new ArrayDeque<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<ArrayDeque<BenchRequest>> all = new ArrayList<>();

  /** Fills the lists, in an order that is not that of memory. */
  @Setup
  public void fill() {
    for (int i = 0; i < lists; i++) {
      all.add(new ArrayDeque<>());
    }
    for (int i = 0; i < WAITING * lists; i++) {
      put();
    }
  }

  /** One comes, one goes. */
  @Benchmark
  public BenchRequest exchange() {
    put();
    while (true) {
      BenchRequest oldest = any().pollFirst();
      if (oldest != null) {
        return oldest;
      }
    }
  }

  private void put() {
    ArrayDeque<BenchRequest> shortest = any();
    for (int i = 1; i < HAND; i++) {
      ArrayDeque<BenchRequest> other = any();
      if (other.size() < shortest.size()) {
        shortest = other;
      }
    }
    shortest.addLast(new BenchRequest(tally, random.nextLong(), executing));
  }

  private ArrayDeque<BenchRequest> any() {
    return all.get(random.nextInt(lists));
  }
}
