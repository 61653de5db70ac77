package io.apfproxy.queueset;

/**
 * How long a level was how busy, so far.
 *
 * @param seats held, to seats there are
 * @param executing requests, to seats there are
 * @param waiting requests, to places in all queues
 * @param demand seats wanted, to seats there are
 */
public record LevelLoad(
    TimedRatio seats, TimedRatio executing, TimedRatio waiting, TimedRatio demand) {}
