package io.apfproxy.whole;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a load showed in a time.
 *
 * @param requests due in it that were answered, or are known to take longer than is waited
 * @param answers that came in it
 * @param failed refused, broken, or unanswered half a minute after the end
 * @param cpuMicros CPU time of the front for each answer; 0 if it has no process, or none came
 * @param p50Millis latencies from when a request was due to the last byte of its answer
 */
record Figures(
    long requests,
    long answers,
    long failed,
    double seconds,
    double cpuMicros,
    double p50Millis,
    double p99Millis,
    double p999Millis) {
  private static final double MICROS_A_MILLI = 1_000;

  /** All bins together. */
  static Figures of(List<Bin> bins) {
    Histogram micros = new Histogram(3);
    bins.forEach(bin -> micros.add(bin.micros()));
    long answers = bins.stream().mapToLong(Bin::answers).sum();
    long cpuNanos = bins.stream().mapToLong(Bin::cpuNanos).sum();
    return new Figures(
        micros.getTotalCount(),
        answers,
        bins.stream().mapToLong(Bin::failed).sum(),
        bins.stream().mapToDouble(Bin::seconds).sum(),
        answers == 0 ? 0 : cpuNanos / 1e3 / answers,
        millis(micros, 50),
        millis(micros, 99),
        millis(micros, 99.9));
  }

  /** The first bins that have so many answers together; all if they have fewer. */
  static Figures ofFirst(List<Bin> bins, long answers) {
    long sum = 0;
    int number = 0;
    while (number < bins.size() && sum < answers) {
      sum += bins.get(number).answers();
      number++;
    }
    return of(bins.subList(0, number));
  }

  /** Answers a second. */
  double perSecond() {
    return answers / seconds;
  }

  private static double millis(Histogram micros, double percent) {
    return micros.getValueAtPercentile(percent) / MICROS_A_MILLI;
  }
}
