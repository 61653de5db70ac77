package io.apfproxy.budget;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The law by which the seats in all follow the upstream's delay: pure arithmetic on ticks. Times
 * are in nanoseconds. Not thread-safe. Source: specification limits.md L-42 to L-47.
 */
final class SeatController {
  /*
   * What is measured is how long our own tiny request waits at the upstream for a processor; no client can shape that. The law cuts
   * in proportion, down to what is in use, and grows by a tenth while the upstream is idle and somebody waits. An idle night so
   * changes nothing. Two things look like load and are none: a base that was learned under load, for which seats are few for a
   * moment now and then (a dip), and a longer way, which is told from load by that it stays when the load has gone (a rebase).
   */
  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST_WAY = Duration.ofSeconds(1).toNanos();
  private static final int TICKS_UNTIL_IN_FORCE = 5;
  private static final int LONGEST_DIP = 5;
  private static final double REFUSED_FACTOR = 0.7;

  /*
   * It grows below this part of the target. A client's request needs the processor several times as often as the pulse, and waits
   * several times as long, so what it feels begins well below the target; and by then seats no longer bring throughput, as a pulse
   * waits at all only while every processor is taken. Between the two nothing moves: a lower target would cut where that costs
   * throughput, which a small server needs (by the model, at 3 ms a tenth of it with two processors; growing below a quarter of
   * 5 ms costs nothing). Still lower is what ways differ by of themselves.
   */
  private static final int GROWS_BELOW = 4;

  private final double min;
  private final double max;
  private final long target;
  private final BaseHistory history = new BaseHistory();
  private final DipSchedule dips;

  private double limit;
  private boolean slow = true;
  private @Nullable Overload over;
  private int mildTicks;
  private int ticksSinceCut = TICKS_UNTIL_IN_FORCE;
  private boolean dipping;
  private int dipTicks;
  private long baseBeforeDip;
  private UpstreamLoad load = UpstreamLoad.UNKNOWN;
  private boolean known;
  private long base;
  private long delay;

  /** How it was when the delay began that has lasted ever since. */
  private record Overload(long at, double limit, double inUse, long delay) {}

  /**
   * @param min seats, 1 or more
   * @param max seats, no fewer
   * @param target delay that is borne
   * @param random 0 or more, less than 1
   */
  SeatController(int min, int max, Duration target, DoubleSupplier random) {
    if (min < 1 || min > max) {
      throw new IllegalArgumentException("least seats are " + min + ", must be in 1.." + max);
    }
    this.min = min;
    this.max = max;
    this.target = target.toNanos();
    this.dips = new DipSchedule(random);
    this.limit = first(min, max);
  }

  /**
   * Seats where nothing is known yet: the geometric mean of the fewest and the most. From there no
   * number is further away than half of the doublings between the two, up or down, and either takes
   * a tick: from the fewest on, a flood that meets a proxy just started would wait for seats that
   * are there, from the most on it would wait where nobody is fair. It is different when upstream
   * has come back: its caches are cold, and all come who waited for it.
   */
  static int first(int min, int max) {
    return (int) Math.sqrt((double) min * max);
  }

  /** Seats in all, now. */
  int total() {
    return dipping ? (int) Math.max(1, Math.floor(limit / 4)) : (int) limit;
  }

  /** Whether there are so few for a moment only. */
  boolean isDipping() {
    return dipping;
  }

  UpstreamLoad load() {
    return load;
  }

  /** By how much the upstream makes a pulse longer than it is without load. */
  long delayNanos() {
    return delay;
  }

  /** How long a pulse is without load. */
  long baseNanos() {
    return base;
  }

  /** The upstream has come back: everybody reconnects, and nothing is known. */
  void recover() {
    limit = min;
    slow = true;
    over = null;
    mildTicks = 0;
    ticksSinceCut = TICKS_UNTIL_IN_FORCE;
    dipping = false;
    dips.stop();
    load = UpstreamLoad.UNKNOWN;
  }

  /**
   * For long nothing could be judged. The seats stay, as nothing says that they are too many or too
   * few; but a dip of which nobody sees the end ends, and what lasted until then is not known to.
   */
  void lose(long now) {
    if (dipping) {
      dipping = false;
      dips.postpone(now);
    }
    over = null;
    mildTicks = 0;
    load = UpstreamLoad.UNKNOWN;
  }

  /**
   * Judges what was seen.
   *
   * @return why the seats changed; null if they did not, or a dip has ended
   */
  @Nullable SeatChange tick(Tick tick) {
    long before = base;
    base = history.add(tick.quartile(), tick.now());
    judge(tick);
    ticksSinceCut = Math.min(TICKS_UNTIL_IN_FORCE, ticksSinceCut + 1);
    if (tick.shadow()) {
      return open(tick);
    }
    if (dipping) {
      dip(tick);
      return null;
    }
    if (known) {
      dips.noticed(tick.now(), before, base);
    }
    known = true;
    if (tick.inUse() <= limit / 4) {
      dips.postpone(tick.now()); // nobody needs a dip to see that
    }
    boolean overloaded = load == UpstreamLoad.OVERLOADED || tick.refused();
    if (dips.isDue(tick.now(), overloaded)) {
      dipping = true;
      dipTicks = 0;
      baseBeforeDip = base;
      return SeatChange.DIP;
    }
    return overloaded ? overloaded(tick) : calm(tick);
  }

  /**
   * Fewer seats would spare the upstream nothing, so that there would be fewer and fewer: all of
   * them, by doubling, as it may just have come back. Source: specification limits.md L-52.
   */
  private @Nullable SeatChange open(Tick tick) {
    known = true;
    over = null;
    mildTicks = 0;
    dipping = false;
    dips.postpone(tick.now());
    if (limit >= max) {
      return null;
    }
    limit = Math.min(max, 2 * limit);
    if (limit >= max) {
      endSlowStart(tick);
    }
    return SeatChange.SHADOW;
  }

  private void judge(Tick tick) {
    delay = Math.max(0, tick.median() - base);
    load =
        delay >= target
            ? UpstreamLoad.OVERLOADED
            : delay >= target / GROWS_BELOW ? UpstreamLoad.BUSY : UpstreamLoad.IDLE;
  }

  /** It lasts until what was in use before has gone, and a whole tick after that. */
  private void dip(Tick tick) {
    dipTicks++;
    if (tick.first().inUse() <= tick.first().limits() || dipTicks >= LONGEST_DIP) {
      dipping = false;
      dips.ended(tick.now(), baseBeforeDip, base);
    }
  }

  private @Nullable SeatChange calm(Tick tick) {
    mildTicks = 0;
    if (delay < target / 2) { // nearer to it, what was over may be so again
      over = null;
    }
    if (load == UpstreamLoad.BUSY || !tick.waited() || limit >= max) {
      return null;
    }
    limit = Math.min(max, slow ? 2 * limit : limit + Math.max(1, limit / 10));
    if (limit >= max) {
      endSlowStart(tick);
    }
    return SeatChange.GROW;
  }

  private @Nullable SeatChange overloaded(Tick tick) {
    endSlowStart(tick);
    if (over == null) {
      over = new Overload(tick.now(), limit, tick.inUse(), delay);
    }
    boolean mild = !tick.refused() && delay < 2 * target;
    mildTicks = mild ? mildTicks + 1 : 0;
    SeatChange change = null;
    boolean inForce = tick.inUse() <= tick.first().limits() + 0.5;
    if (inForce || ticksSinceCut >= TICKS_UNTIL_IN_FORCE) {
      if (!mild) {
        change = cutTo(Math.min(limit, tick.inUse()) * factor(tick), tick);
      } else if (mildTicks > 1) {
        change = cutTo(Math.min(limit - Math.max(1, limit / 10), tick.inUse()), tick);
      }
    }
    return isLongerWay(tick, over) ? rebase(tick, over) : change;
  }

  private double factor(Tick tick) {
    double delayed = load == UpstreamLoad.OVERLOADED ? Math.max(0.5, (double) target / delay) : 1;
    return tick.refused() ? Math.min(REFUSED_FACTOR, delayed) : delayed;
  }

  private @Nullable SeatChange cutTo(double seats, Tick tick) {
    double next = Math.max(min, Math.min(limit, seats));
    if (next >= limit) {
      return null;
    }
    limit = next;
    ticksSinceCut = 0;
    return tick.refused() ? SeatChange.INNER_429 : SeatChange.CUT;
  }

  private boolean isLongerWay(Tick tick, Overload since) {
    return tick.now() - since.at() >= PATIENCE
        && delay >= 4 * target
        && delay >= 0.7 * since.delay()
        && (tick.inUse() <= since.inUse() / 2 || limit <= min)
        && tick.median() < LONGEST_WAY;
  }

  /** A wrong guess costs one target of delay: growth ends when our own load shows. */
  private SeatChange rebase(Tick tick, Overload since) {
    history.restart(tick.quartile(), tick.now());
    base = tick.quartile();
    judge(tick);
    limit = since.limit();
    over = null;
    mildTicks = 0;
    return SeatChange.REBASE;
  }

  private void endSlowStart(Tick tick) {
    slow = false;
    if (min < max) { // else there is nothing to decide
      dips.start(tick.now());
    }
  }
}
