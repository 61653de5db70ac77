package io.apfproxy.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What virtual time cannot show: the thread. */
class TimersTest {
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
