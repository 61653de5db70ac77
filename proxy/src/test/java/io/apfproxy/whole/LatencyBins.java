package io.apfproxy.whole;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Latencies of requests, each in the bin of time in which it was due. What was due before the first
 * bin or after the last is not told. Thread-safe.
 */
final class LatencyBins {
  private static final int DIGITS = 3;
  private static final int NANOS_A_MICRO = 1_000;

  private final long startNanos;
  private final long binNanos;
  private final List<Histogram> micros;
  private final long[] failed;
  private final Set<Due> open = new HashSet<>();
  private long answered;

  /**
   * @param startNanos of the first bin, as of {@link System#nanoTime}
   * @param bin length of each
   */
  LatencyBins(long startNanos, Duration bin, int bins) {
    this.startNanos = startNanos;
    this.binNanos = bin.toNanos();
    this.micros = Stream.generate(() -> new Histogram(DIGITS)).limit(bins).toList();
    this.failed = new long[bins];
  }

  /** A request; no two are equal. */
  static final class Due {
    private final long nanos;

    private Due(long nanos) {
      this.nanos = nanos;
    }
  }

  /** One more request, due at this time of {@link System#nanoTime}. */
  synchronized Due due(long nanos) {
    Due due = new Due(nanos);
    open.add(due);
    return due;
  }

  /** Its last byte came. */
  synchronized void answered(Due due, long nanos) {
    if (open.remove(due)) {
      answered++;
      record(due, nanos);
    }
  }

  /** It was refused or broke: it has no latency. */
  synchronized void failed(Due due) {
    if (open.remove(due)) {
      fail(due);
    }
  }

  /** Those without an answer failed, and count with their age: it is the least they would take. */
  synchronized void giveUp(long nanos) {
    for (Due due : open) {
      fail(due);
      record(due, nanos);
    }
    open.clear();
  }

  private void record(Due due, long nanos) {
    int bin = bin(due);
    if (bin >= 0) {
      micros.get(bin).recordValue(Math.max(0, nanos - due.nanos) / NANOS_A_MICRO);
    }
  }

  private void fail(Due due) {
    int bin = bin(due);
    if (bin >= 0) {
      failed[bin]++;
    }
  }

  /** −1 if it is in none. */
  private int bin(Due due) {
    long bin = Math.floorDiv(due.nanos - startNanos, binNanos);
    return bin >= 0 && bin < micros.size() ? (int) bin : -1;
  }

  /** Requests that were sent, or are due, and have no answer. */
  synchronized int open() {
    return open.size();
  }

  /** Answers so far, whenever their requests were due. */
  synchronized long answered() {
    return answered;
  }

  /** Latencies in microseconds of what was due in a bin. */
  synchronized Histogram micros(int bin) {
    return micros.get(bin).copy();
  }

  /** How many of what was due in a bin failed. */
  synchronized long failed(int bin) {
    return failed[bin];
  }
}
