package io.apfproxy.borrowing;

/**
 * Seats wanted over some time.
 *
 * @param seconds how long
 * @param average over time; NaN if no time passed
 * @param deviation standard deviation over time; NaN if no time passed, and perhaps where it is
 *     zero but for rounding
 */
public record SeatDemand(
    double seconds, double average, double deviation, double min, double max) {}
