package io.apfproxy.budget;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.HdrHistogram.Histogram;

/**
 * An elephant and a mouse before a {@link ModelServer}, behind seats that are shared fairly: 300 or
 * more lists at a time of 15 ms of a processor each, and now and then 0.3 ms. Source: specification
 * limits.md L-53.
 */
final class ModelRun {
  private static final double LIST = 15e6;
  private static final double SMALL = 0.3e6;
  private static final double PULSE = 0.1e6;
  private static final long LATEST = Duration.ofSeconds(2).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  final ManualTime time = new ManualTime();
  final ModelServer server;
  final AdaptiveBudget budget;
  private final Random random;
  private final double sigma;
  private final ArrayDeque<Double> mice = new ArrayDeque<>(); // what each takes
  private final ArrayDeque<Long> miceSince = new ArrayDeque<>();
  private int listsWaiting;
  private int inUse;
  private double beyond; // on the way down to fewer seats
  private int missed;
  private boolean down;
  private double noise;
  private Histogram latencies = new Histogram(3);
  private long lists;
  private long since;
  private long waited;
  private int leastRoom = Integer.MAX_VALUE;

  /** Seats that never move. */
  static ModelRun fixed(long seed, int processors, int seats) {
    return new ModelRun(seed, processors, seats, seats, 0.5);
  }

  /**
   * @param sigma of the logarithm of what a list takes
   */
  ModelRun(long seed, int processors, int min, int max, double sigma) {
    this.random = new Random(seed);
    this.sigma = sigma;
    this.server = new ModelServer(time, processors);
    this.budget =
        new AdaptiveBudget(min, max, Duration.ofMillis(5), time, time, random::nextDouble);
    budget.onChange(
        new SeatFollower() {
          @Override
          public void resize(int seats) {
            beyond = 0;
            leastRoom = Math.min(leastRoom, seats - inUse);
            dispatch();
          }

          @Override
          public void lower(int seats) {
            leastRoom = Math.min(leastRoom, seats - inUse);
            beyond = Math.max(0, inUse - seats);
          }
        });
    budget.start(this::use, () -> down);
    pulse();
    time.settle();
  }

  private SeatUse use() {
    return new SeatUse(inUse, budget.seats(), listsWaiting + mice.size() > 0);
  }

  private void pulse() {
    long sent = time.nanoTime();
    boolean[] told = {false};
    time.after(
        LATEST,
        () -> {
          if (!told[0]) {
            told[0] = true;
            missed++;
            budget.took(LATEST, 0);
            down |= missed >= 30; // 3 s of them
          }
        });
    server.send(
        PULSE + noise * random.nextDouble(),
        () -> {
          missed = 0;
          if (!told[0]) {
            told[0] = true;
            budget.took(time.nanoTime() - sent, 0);
          }
          if (down) {
            down = false;
            budget.begin();
          }
        });
    time.after(budget.wantsMany() ? SECOND / 10 : SECOND, this::pulse);
  }

  /** The way of pulses differs by up to so much. */
  void noise(double nanos) {
    noise = nanos;
  }

  /** A mouse asks so often a second, at random. */
  void mouse(double aSecond) {
    askAtRandom(aSecond, () -> SMALL);
  }

  /** So many lists a second, at random; they count among the mice. */
  void calmLists(double aSecond) {
    askAtRandom(aSecond, this::list);
  }

  private void askAtRandom(double aSecond, DoubleSupplier work) {
    time.after(
        (long) (-Math.log(1 - random.nextDouble()) / aSecond * SECOND),
        () -> {
          mice.add(work.getAsDouble());
          miceSince.add(time.nanoTime());
          dispatch();
          askAtRandom(aSecond, work);
        });
  }

  /** So many lists more are asked for, each again when it was answered. */
  void elephant(int number) {
    listsWaiting += number;
    dispatch();
  }

  /** So many lists at a time that never see the seats. */
  void bypass(int number) {
    for (int i = 0; i < number; i++) {
      bypassAgain();
    }
  }

  private void bypassAgain() {
    server.send(list(), this::bypassAgain);
  }

  private double list() {
    return LIST * Math.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
  }

  /** The server stands still for so long, again and again. */
  void pauses(Duration each, Duration period) {
    time.after(
        period.toNanos(),
        () -> {
          server.freeze(each.toNanos());
          pauses(each, period);
        });
  }

  private void dispatch() {
    while (inUse < budget.seats() + (int) beyond && !mice.isEmpty()) {
      long from = miceSince.remove();
      waited += time.nanoTime() > from ? 1 : 0;
      inUse++;
      server.send(
          mice.remove(),
          () -> {
            latencies.recordValue(time.nanoTime() - from);
            ended();
          });
    }
    while (inUse < budget.seats() + (int) beyond && listsWaiting > 0) {
      listsWaiting--;
      inUse++;
      server.send(
          list(),
          () -> {
            lists++;
            listsWaiting++;
            ended();
          });
    }
  }

  private void ended() {
    inUse--;
    beyond = inUse <= budget.seats() ? 0 : Math.max(0, beyond - 0.5);
    dispatch();
  }

  /**
   * The mouse alone for 5 s, then the flood until seats have found their number; measures from
   * there.
   */
  ModelRun flooded(int lists, double miceASecond) {
    mouse(miceASecond);
    run(5);
    elephant(lists);
    run(15);
    measure();
    return this;
  }

  void run(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  /** Measures from here on. */
  void measure() {
    latencies = new Histogram(3);
    lists = 0;
    since = time.nanoTime();
  }

  double p99Millis() {
    return latencies.getValueAtPercentile(99) / 1e6;
  }

  /** As the budget judged it last. */
  Duration delay() {
    return Duration.ofNanos(budget.reading().delayNanos());
  }

  /** Mice that found no seat when they came. */
  long waited() {
    return waited;
  }

  /**
   * The fewest seats that were left whenever their number changed; below 0 if fewer than in use.
   */
  int leastRoom() {
    return leastRoom;
  }

  double listsPerSecond() {
    return lists * 1e9 / (time.nanoTime() - since);
  }
}
