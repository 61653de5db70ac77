package io.apfproxy.budget;

import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * As many seats as the upstream bears, judged by how long pulses take; few when it has come back.
 * Thread-safe. Source: specification limits.md B.
 */
public final class AdaptiveBudget extends Budget implements PulseTimes {
  /*
   * Ten times a second the seats in use are looked at, on the thread on which the law is applied and the followers are told; pulses
   * come from their event loop and wait in the meter. What is being measured when the proxy itself stood still, or while nobody is
   * there, is thrown away.
   */
  private static final long SAMPLE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long UNSETTLED_NANOS = Duration.ofSeconds(2).toNanos();

  /*
   * A tick takes a second, or the five that five pulses take. Where none comes for so long, pulses find nobody while requests are
   * still answered, or the proxy stands still again and again: what was seen last says nothing any more.
   */
  private static final long LOST_NANOS = Duration.ofSeconds(10).toNanos();

  private final SeatController controller;
  private final DelayedActions thread;
  private final TimeSource time;
  private final TickMeter meter = new TickMeter();
  private final Map<SeatChange, AtomicLong> changes = new EnumMap<>(SeatChange.class);
  private long judgedAt; // on the thread only
  private volatile boolean idle;
  private volatile boolean wantsMany;
  private volatile long unsettledUntil;
  private volatile long backSince;
  private volatile Reading reading = new Reading(UpstreamLoad.UNKNOWN, 0, 0);
  private volatile BooleanSupplier down = () -> false;
  private volatile Consumer<SeatMove> moves = move -> {};

  /**
   * How the upstream was when last judged.
   *
   * @param delayNanos for how long it kept a tiny request waiting
   * @param baseNanos how long such a request takes otherwise
   */
  public record Reading(UpstreamLoad load, long delayNanos, long baseNanos) {}

  /**
   * @param least seats, 1 or more; how many there are when upstream has come back
   * @param most seats
   * @param target how long upstream may keep a tiny request waiting
   * @param thread runs one action at a time, and may take a level's lock
   * @param random 0 or more, less than 1
   */
  public AdaptiveBudget(
      int least,
      int most,
      Duration target,
      DelayedActions thread,
      TimeSource time,
      DoubleSupplier random) {
    super(least, most, SeatController.first(least, most));
    this.controller = new SeatController(least, most, target, random);
    this.thread = thread;
    this.time = time;
    this.unsettledUntil = time.nanoTime();
    this.backSince = time.nanoTime() - UNSETTLED_NANOS; // nobody was away
    for (SeatChange change : SeatChange.values()) {
      changes.put(change, new AtomicLong());
    }
  }

  /**
   * Begins to follow, and tells the followers with how many seats. To be called once.
   *
   * @param use of the seats, asked ten times a second
   * @param isDown whether nobody is there upstream
   */
  public void start(Supplier<SeatUse> use, BooleanSupplier isDown) {
    down = isDown;
    thread.after(
        0,
        () -> {
          become(controller.total());
          judgedAt = time.nanoTime();
          meter.begin(judgedAt, use.get());
          again(use);
        });
  }

  private void again(Supplier<SeatUse> use) {
    thread.after(
        SAMPLE_NANOS,
        () -> {
          try {
            sample(use);
          } finally {
            again(use);
          }
        });
  }

  private void sample(Supplier<SeatUse> use) {
    long now = time.nanoTime();
    SeatUse seen = use.get();
    wantsMany = 4 * seen.inUse() > seats();
    if (down.getAsBoolean()) {
      judgedAt = now; // it is known what it is, and begins anew with its return
      meter.begin(now, seen);
    } else if (now - judgedAt >= LOST_NANOS) {
      judgedAt = now;
      controller.lose(now);
      publish(null);
      meter.begin(now, seen);
    } else if (now - unsettledUntil < 0) {
      meter.begin(now, seen);
    } else {
      meter.sample(seen);
      judge(meter.end(now), use);
    }
  }

  private void judge(@Nullable Tick tick, Supplier<SeatUse> use) {
    if (tick != null) {
      judgedAt = tick.now();
      publish(controller.tick(tick));
      meter.begin(tick.now(), use.get());
    }
  }

  private void publish(@Nullable SeatChange why) {
    int before = seats();
    int now = controller.total();
    reading = new Reading(controller.load(), controller.delayNanos(), controller.baseNanos());
    idle = controller.load() == UpstreamLoad.IDLE && !controller.isDipping();
    if (why == SeatChange.RECOVERY || now > before) {
      become(now);
    } else if (now < before) {
      descend(now);
    }
    boolean news = now != before || why == SeatChange.REBASE || why == SeatChange.RECOVERY;
    if (why != null && news) {
      Objects.requireNonNull(changes.get(why)).incrementAndGet();
      moves.accept(new SeatMove(why, before, now, controller.delayNanos(), controller.baseNanos()));
    }
  }

  @Override
  public void begin() {
    backSince = time.nanoTime();
    thread.after(
        0,
        () -> {
          controller.recover();
          publish(SeatChange.RECOVERY);
        });
  }

  /** Tells one of why seats change. */
  public void onMove(Consumer<SeatMove> told) {
    moves = told;
  }

  /** Of what was judged last; while nobody is there, that. */
  public Reading reading() {
    Reading last = reading;
    return down.getAsBoolean()
        ? new Reading(UpstreamLoad.DOWN, last.delayNanos(), last.baseNanos())
        : last;
  }

  /**
   * Whether the upstream could do more than it does, as far as is known, and is not left alone for
   * a moment to see how it is then. Cheap. Source: specification limits.md L-62.
   */
  public boolean bearsMore() {
    return idle && !down.getAsBoolean();
  }

  /** How often they changed for this reason. */
  public long count(SeatChange why) {
    return Objects.requireNonNull(changes.get(why)).get();
  }

  /** The upstream's own queues were full. Cheap, on any thread. */
  public void refusedInside() {
    meter.refused();
  }

  @Override
  public boolean wantsMany() {
    return wantsMany;
  }

  /**
   * What clients wait for a processor is judged, wherever it is: more seats than the slower of the
   * two bears only queue where nobody is fair. A pulse that was sent while nobody was there says
   * nothing of who is there now.
   */
  @Override
  public void took(long nanos, long queued) {
    if (time.nanoTime() - nanos - backSince >= 0) {
      meter.pulse(nanos + queued);
    }
  }

  @Override
  public void ownDelay() {
    unsettledUntil = time.nanoTime() + UNSETTLED_NANOS;
  }
}
