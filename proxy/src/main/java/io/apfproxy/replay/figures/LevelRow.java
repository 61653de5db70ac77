package io.apfproxy.replay.figures;

/**
 * What became of a level.
 *
 * @param nominal its share of all seats
 * @param meanLimit of the limits in force
 * @param borrowedMost the most that its limit was above {@code nominal}
 * @param peakSeats the most that were in use at a time
 */
public record LevelRow(
    String name,
    boolean exempt,
    int nominal,
    Counts counts,
    double meanSeats,
    int peakSeats,
    double meanLimit,
    int borrowedMost,
    Series series) {}
