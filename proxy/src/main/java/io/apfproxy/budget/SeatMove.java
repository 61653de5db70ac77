package io.apfproxy.budget;

/**
 * The number of seats changed.
 *
 * @param before how many there were
 * @param now how many there are
 * @param delayNanos for how long the upstream kept a tiny request waiting
 * @param baseNanos how long such a request takes otherwise
 */
public record SeatMove(SeatChange why, int before, int now, long delayNanos, long baseNanos) {}
