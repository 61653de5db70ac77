package io.apfproxy.replay.suggest;

/**
 * One that held much of a level while others waited.
 *
 * @param share of the level's seat-seconds in those windows, from 0 to 1
 * @param meanSeats that it held in them
 * @param windows how many there were, of ten seconds each
 */
public record Elephant(Appetite appetite, double share, double meanSeats, int windows) {}
