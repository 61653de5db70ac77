package io.apfproxy.budget;

/**
 * What was seen in a second or longer. Times are in nanoseconds. Source: specification limits.md
 * L-42, L-43.
 *
 * @param now its end, in monotonic time
 * @param median of how long pulses took
 * @param quartile the lower one
 * @param inUse seats in use, on average
 * @param first at its beginning
 * @param waited whether somebody waited for seats half of the time or longer
 * @param refused whether the upstream's own queues were full
 * @param shadow whether some level let pass whom it would have held back
 */
record Tick(
    long now,
    long median,
    long quartile,
    double inUse,
    SeatUse first,
    boolean waited,
    boolean refused,
    boolean shadow) {}
