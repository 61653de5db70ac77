/**
 * What a decision costs, by JMH: see "Measuring" in CONTRIBUTING. Open {@link
 * io.apfproxy.bench.QueueSetBench} first.
 */
package io.apfproxy.bench;
