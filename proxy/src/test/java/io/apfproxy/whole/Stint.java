package io.apfproxy.whole;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Lets a loop run for a time and cuts that into bins. */
final class Stint {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private Stint() {}

  /**
   * @param before how long the loop runs before the first bin
   * @param cpuNanos of the front, so far
   */
  static List<Bin> run(Loop loop, Duration before, Duration bin, int bins, LongSupplier cpuNanos) {
    long start = System.nanoTime() + before.toNanos();
    LatencyBins latencies = new LatencyBins(start, bin, bins);
    loop.start(latencies);
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i <= bins; i++) {
      Clock.sleepUntil(start + i * bin.toNanos());
      edges.add(new Edge(System.nanoTime(), cpuNanos.getAsLong(), latencies.answered()));
    }
    loop.stop();
    drain(latencies);
    List<Bin> cut = new ArrayList<>();
    for (int i = 0; i < bins; i++) {
      cut.add(edges.get(i).until(edges.get(i + 1), latencies, i));
    }
    return cut;
  }

  private static void drain(LatencyBins latencies) {
    long limit = System.nanoTime() + DRAIN_LIMIT.toNanos();
    while (latencies.open() > 0 && System.nanoTime() < limit) {
      Clock.sleep(POLL);
    }
    latencies.giveUp(System.nanoTime());
  }

  private record Edge(long nanos, long cpuNanos, long answered) {
    Bin until(Edge end, LatencyBins latencies, int bin) {
      return new Bin(
          (end.nanos - nanos) / 1e9,
          end.answered - answered,
          end.cpuNanos - cpuNanos,
          latencies.micros(bin),
          latencies.failed(bin));
    }
  }
}
