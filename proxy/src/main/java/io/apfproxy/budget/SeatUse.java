package io.apfproxy.budget;

/**
 * What becomes of the seats at one instant.
 *
 * @param inUse in all levels, exempt ones included
 * @param limits sum of the limits of those levels that are limited
 * @param waiting whether some request waits for seats
 */
public record SeatUse(long inUse, long limits, boolean waiting) {}
