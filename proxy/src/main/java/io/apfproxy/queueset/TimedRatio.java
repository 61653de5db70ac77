package io.apfproxy.queueset;

/**
 * How long a ratio was how large, so far.
 *
 * @param upperBounds of the buckets, each inclusive; the last bucket has none
 * @param nanos time spent in each bucket alone, one more than there are bounds
 * @param ratioNanos integral of the ratio over time
 */
@SuppressWarnings("ArrayRecordComponent") // a reading on its way to the metrics, never compared
public record TimedRatio(double[] upperBounds, long[] nanos, double ratioNanos) {}
