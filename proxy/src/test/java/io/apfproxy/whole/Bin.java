package io.apfproxy.whole;

import org.HdrHistogram.Histogram;

/**
 * A piece of time of a load.
 *
 * @param answers that came in it
 * @param cpuNanos that the front's processes took in it
 * @param micros latencies of the requests that were due in it
 * @param failed of those
 */
record Bin(double seconds, long answers, long cpuNanos, Histogram micros, long failed) {}
