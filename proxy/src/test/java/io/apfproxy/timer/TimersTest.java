package io.apfproxy.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.time.Cancellation;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** What virtual time cannot show: the thread. */
class TimersTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = Integer.getInteger("apf.timers", 200_000);
  private static final long SPREAD_NANOS = 500_000_000;
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  /** How late they are is asserted on an idle machine only, where it is theirs alone. */
  private static final boolean STRICT = Boolean.getBoolean("apf.strict");

  private static final long MOST_LATE_NANOS = 1_000_000;

  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void bearsAnActionThatFails() {
    try (Timers timers = new Timers("test")) {
      timers.after(
          0,
          () -> {
            throw new IllegalStateException("expected by this test");
          });
      timers.after(
          1,
          () -> {
            throw new AssertionError("expected by this test");
          });
      timers.after(2, () -> done.add(Thread.currentThread().getName()));
      await().until(() -> done.equals(List.of("test")));
    }
  }

  /** Those of V-36: the ends and deadlines of what would wait in shadow. */
  @Test
  void eachOfManyHappensOnceUnlessItWasTakenBack() throws InterruptedException {
    AtomicIntegerArray times = new AtomicIntegerArray(MANY);
    AtomicInteger happened = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch allSet = new CountDownLatch(1);
    try (Timers timers = new Timers("test")) {
      timers.after(
          0,
          () -> {
            begun.countDown();
            awaitQuietly(allSet); // none of them has begun when it is taken back
          });
      begun.await();
      List<Cancellation> pending = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        int which = i;
        pending.add(
            timers.unlessCancelled(
                i * 7919L % SPREAD_NANOS,
                () -> {
                  times.incrementAndGet(which);
                  happened.incrementAndGet();
                }));
      }
      for (int i = 1; i < MANY; i += 2) {
        pending.get(i).cancel();
      }
      allSet.countDown();
      await().atMost(LONG).until(() -> happened.get() >= MANY / 2);
      timers.after(SPREAD_NANOS, () -> done.add("last"));
      await().atMost(LONG).until(() -> done.equals(List.of("last")));
    }
    for (int i = 0; i < MANY; i++) {
      assertThat(times.get(i)).as("%d", i).isEqualTo(i % 2 == 0 ? 1 : 0);
    }
  }

  /** As many at a time as would wait in shadow, half of them taken back, in code that is warm. */
  @Test
  void noneIsEarlyAndFewAreLate() {
    int number = MANY / 10;
    howLate(number);
    long[] late = howLate(number);
    System.out.printf(
        "timers: %d, of as many more taken back: late p50 %.3f ms, p99 %.3f ms, most %.3f ms%n",
        number, late[number / 2] / 1e6, late[number * 99 / 100] / 1e6, late[number - 1] / 1e6);
    assertThat(late[0]).as("early").isNotNegative();
    if (STRICT) {
      assertThat(late[number * 99 / 100]).as("late, p99").isLessThanOrEqualTo(MOST_LATE_NANOS);
    }
  }

  /** In nanoseconds, the least first. */
  private static long[] howLate(int number) {
    long[] late = new long[number];
    AtomicInteger happened = new AtomicInteger();
    try (Timers timers = new Timers("test")) {
      for (int i = 0; i < number; i++) {
        long after = SPREAD_NANOS + i * 7919L % SPREAD_NANOS;
        long set = System.nanoTime();
        Runnable measured =
            () -> late[happened.getAndIncrement()] = System.nanoTime() - set - after;
        timers.unlessCancelled(after, measured);
        timers.unlessCancelled(after, () -> {}).cancel(); // unless that took half a second
      }
      await().atMost(LONG).until(() -> happened.get() == number);
    }
    Arrays.sort(late);
    return late;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatWasTakenBackIsForgottenLongBeforeItWasDue() {
    try (Timers timers = new Timers("test")) {
      WeakReference<Object> kept = setAndTakeBack(timers);
      await()
          .atMost(LONG)
          .until(
              () -> {
                System.gc();
                return kept.get() == null;
              });
    }
  }

  private static WeakReference<Object> setAndTakeBack(Timers timers) {
    AtomicBoolean held = new AtomicBoolean();
    Cancellation pending = timers.unlessCancelled(HOUR_NANOS, () -> held.set(true));
    pending.cancel();
    return new WeakReference<>(held);
  }

  @Test
  void interruptsWhatIsAtWorkWhenClosedAndTakesNothingMore() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Repetition alone =
        Repetition.alone(
            "test",
            Duration.ofMillis(1),
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
            });
    begun.await();
    alone.close();
    alone.now();
    await().untilTrue(interrupted);
    assertThat(begun.getCount()).isZero();
  }
}
