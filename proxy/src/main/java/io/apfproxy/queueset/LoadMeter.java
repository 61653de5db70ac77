package io.apfproxy.queueset;

/**
 * Measures how busy a queue set is, over time. Not thread-safe: the level's lock guards it. Source:
 * specification apf-config.md 7.4.
 */
public final class LoadMeter {
  private final RatioHistogram seats;
  private final RatioHistogram executing;
  private final RatioHistogram waiting;
  private final RatioHistogram demand;
  private int fullLoad = 1;

  public LoadMeter(long nowNanos) {
    seats = new RatioHistogram(nowNanos, 0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, 1);
    executing = new RatioHistogram(nowNanos, 0, .001, .003, .01, .03, .1, .25, .5, .75, 1);
    waiting = new RatioHistogram(nowNanos, 0, .001, .003, .01, .03, .1, .25, .5, .75, 1);
    demand = new RatioHistogram(nowNanos, .2, .4, .6, .8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6);
  }

  /**
   * Changes what the next {@link #note} measures against.
   *
   * @param seats there are, or something to compare with where there are none; at least 1
   */
  public void setFullLoad(int seats) {
    fullLoad = seats;
  }

  /** To be called after every change of the set, at the same instant. */
  public void note(QueueSet set, long nowNanos) {
    seats.set(set.seats.inUse, fullLoad, nowNanos);
    executing.set(set.executing, fullLoad, nowNanos);
    waiting.set(set.queues.waiting, set.shape.places(), nowNanos);
    demand.set(set.seatsWanted(), fullLoad, nowNanos);
  }

  /** What was measured until now. */
  public LevelLoad read(long nowNanos) {
    return new LevelLoad(
        seats.read(nowNanos),
        executing.read(nowNanos),
        waiting.read(nowNanos),
        demand.read(nowNanos));
  }
}
