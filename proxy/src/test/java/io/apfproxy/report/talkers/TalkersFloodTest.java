package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.time.ManualTime;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A million names, each as long as it may be. Specification seeing.md V-02, V-16, V-18. */
class TalkersFloodTest {
  private static final int NAMES = 1_000_000;
  private static final int MINUTES = 11; // all pieces of time are full then
  private static final int TURNS = MINUTES * 60 * 1_000 / (int) Talkers.PERIOD_MILLIS;
  private static final long MOST_BYTES = 48L << 20;
  private static final String LONG = "x".repeat(120);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private long counting;
  private final ManualTime time = new ManualTime();

  private static long usedHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private Talkers flooded() {
    Talkers talkers = new Talkers(256, time);
    Reporter loop = talkers.reporter().ofLoop();
    int name = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      for (; name < (long) NAMES * (turn + 1) / TURNS; name++) {
        loop.ended(
            Talk.of(
                    time.nanoTime(),
                    LONG + name,
                    "GET",
                    "/api/v1/namespaces/" + LONG + name + "/pods",
                    LONG + "agent" + name)
                .into("global-default", "global-default", LONG + name)
                .waited(name % 7)
                .held(0.01)
                .moved(name % 5, 1)
                .refused("queue-full")
                .ended(time.nanoTime()));
      }
      time.advance(Duration.ofMillis(Talkers.PERIOD_MILLIS));
      long begun = THREADS.getCurrentThreadCpuTime();
      talkers.turn();
      counting += THREADS.getCurrentThreadCpuTime() - begun;
    }
    return talkers;
  }

  @Test
  void aMillionNamesTakeABoundedAmountOfMemoryAndNoneIsLost() {
    long before = usedHeap();

    Talkers talkers = flooded();

    long held = usedHeap() - before;
    var answer = talkers.ask(TopQuestion.of("user", "10m", "requests", "1000"));
    talkers.answer();
    System.out.printf(
        "top talkers: a million names: %.1f MiB, %.1f us of the thread that counts for each: %.0f %%"
            + " of a processor if they come in a minute%n",
        held / (double) (1 << 20), counting / 1e3 / NAMES, counting / 60e9 * 100);
    assertThat(held).isLessThan(MOST_BYTES);
    assertThat(talkers.lost()).isZero();
    assertThat(talkers.fullest(Dimension.USER)).isEqualTo(256);
    TopAnswer told = answer.join();
    assertThat(told.rows()).hasSizeLessThanOrEqualTo(1_000);
    assertThat(told.total().get(Measure.REQUESTS) / told.seconds())
        .isBetween(0.99 * NAMES / MINUTES / 60, 1.01 * NAMES / MINUTES / 60);
  }
}
