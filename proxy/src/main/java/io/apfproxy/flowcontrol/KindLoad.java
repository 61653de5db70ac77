package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.RatioHistogram;
import io.apfproxy.queueset.TimedRatio;
import java.util.concurrent.TimeUnit;

/**
 * How many requests of one kind, reading or writing, wait and execute. Thread-safe. Source:
 * specification apf-config.md 7.4, 7.5; reference, priority-and-fairness.go.
 */
public final class KindLoad {
  /*
   * A lock of its own, for a few additions, taken twice for each request in either phase and never
   * together with a level's. The most of a second is kept as the reference keeps it: a second in
   * which nothing began or ended has seen nobody.
   */
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** The two kinds. */
  public enum Kind {
    /** Verbs get, list and watch. */
    READ_ONLY("readOnly"),
    /** All others. */
    MUTATING("mutating");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Value of the label {@code request_kind}. */
    public String label() {
      return label;
    }

    /** Of a request with this verb. */
    public static Kind of(String verb) {
      return switch (verb) {
        case "get", "list", "watch" -> READ_ONLY;
        default -> MUTATING;
      };
    }
  }

  /**
   * What was seen until now.
   *
   * @param waiting how long how many waited, as a part of the places there are
   * @param executing how long how many executed, as a part of the seats there are
   * @param mostWaiting in the last whole second
   * @param mostExecuting in the last whole second
   */
  public record Reading(
      TimedRatio waiting, TimedRatio executing, int mostWaiting, int mostExecuting) {}

  private final Phase waiting;
  private final Phase executing;

  KindLoad(long nowNanos) {
    waiting = new Phase(nowNanos);
    executing = new Phase(nowNanos);
  }

  /** So many requests can wait, and so many execute, at a time; at least 1. */
  void setFullLoad(long places, long seats, long nowNanos) {
    waiting.setDenominator(places, nowNanos);
    executing.setDenominator(seats, nowNanos);
  }

  void waiting(int delta, long nowNanos) {
    waiting.add(delta, nowNanos);
  }

  void executing(int delta, long nowNanos) {
    executing.add(delta, nowNanos);
  }

  Reading read(long nowNanos) {
    return new Reading(
        waiting.read(nowNanos),
        executing.read(nowNanos),
        waiting.most(nowNanos),
        executing.most(nowNanos));
  }

  private static final class Phase {
    private final RatioHistogram ratio;
    private long denominator = 1;
    private int number;
    private long second;
    private int most;
    private int mostBefore;

    Phase(long nowNanos) {
      ratio =
          new RatioHistogram(
              nowNanos, 0, .001, .01, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, 1);
      second = Math.floorDiv(nowNanos, SECOND);
    }

    synchronized void add(int delta, long nowNanos) {
      roll(nowNanos);
      number += delta;
      most = Math.max(most, number);
      ratio.set(number, denominator, nowNanos);
    }

    synchronized void setDenominator(long newDenominator, long nowNanos) {
      denominator = newDenominator;
      ratio.set(number, denominator, nowNanos);
    }

    synchronized TimedRatio read(long nowNanos) {
      return ratio.read(nowNanos);
    }

    synchronized int most(long nowNanos) {
      roll(nowNanos);
      return mostBefore;
    }

    private void roll(long nowNanos) {
      long now = Math.floorDiv(nowNanos, SECOND);
      if (now > second) {
        mostBefore = now == second + 1 ? most : 0;
        most = 0;
        second = now;
      }
    }
  }
}
