package io.apfproxy.report.talkers;

/** What was counted for one key, or for all of them. Not thread-safe. */
final class Sums {
  private final long[] measures = new long[Measure.values().length];
  private final long[] refusedBy = new long[Rules.MOST];

  void add(Measure measure, long weight) {
    measures[measure.ordinal()] += weight;
  }

  /** One more that was refused. */
  void refused(int rule) {
    refusedBy[rule]++;
    measures[Measure.REFUSED.ordinal()]++;
  }

  void add(Sums more) {
    for (int i = 0; i < measures.length; i++) {
      measures[i] += more.measures[i];
    }
    for (int i = 0; i < refusedBy.length; i++) {
      refusedBy[i] += more.refusedBy[i];
    }
  }

  long of(Measure measure) {
    return measures[measure.ordinal()];
  }

  /** By the number of the rule; their sum is that of {@link Measure#REFUSED}. Not to be changed. */
  long[] refusedBy() {
    return refusedBy;
  }
}
