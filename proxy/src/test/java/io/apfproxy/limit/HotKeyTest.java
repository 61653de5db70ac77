package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads and one bucket: neither one too many nor one too few. L-19, L-27. */
@Timeout(120)
class HotKeyTest {
  private static final int THREADS = 8;
  private static final int RATE = 1_000;
  private static final int BURST = 50;
  private static final Duration STEP = Duration.ofMillis(7);
  private static final int STEPS = 1_000;

  /** Time goes on once somebody was refused: so no bucket ever runs over. */
  private final AtomicLong refusedAt = new AtomicLong(-1);

  private final List<Long> passedAt = Collections.synchronizedList(new ArrayList<>());

  /** With a key of its own, and with the bucket that all share. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void letsEightThreadsPassAsOftenAsOne(boolean keyed) throws Exception {
    Limiting limiting = keyed ? Limiting.of("ci").by("User") : Limiting.of("ci");
    LimitedProxy proxy = new LimitedProxy(limiting.perSecond(RATE, BURST));
    Gate gate = proxy.limits.paces();

    ExecutorService clock = Executors.newSingleThreadExecutor();
    Future<?> moved = clock.submit(() -> move(proxy.time));
    try {
      run(() -> askUntil(moved, gate, proxy.time));
      moved.get();
    } finally {
      clock.shutdownNow();
    }

    assertThat(passedAt).hasSize(BURST + (int) (STEP.toMillis() * STEPS * RATE / 1_000));
    assertThat(mostBeyondTheLaw()).isLessThanOrEqualTo(0);
  }

  /** As many as there are, whoever asks and gives back. */
  @Test
  void countsWhatEightThreadsHoldAtATime() throws Exception {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("ci").by("User").atATime(3));
    Gate gate = proxy.limits.places();
    AtomicLong held = new AtomicLong();
    AtomicLong most = new AtomicLong();

    run(
        () -> {
          for (int i = 0; i < 20_000; i++) {
            FakeAsked asked = proxy.get("ci");
            try {
              gate.enter(asked, 0);
            } catch (RefusedException refusal) {
              continue;
            }
            most.accumulateAndGet(held.incrementAndGet(), Math::max);
            held.decrementAndGet();
            gate.leave(asked);
          }
        });

    assertThat(most).hasValueBetween(1, 3);
    assertThat(proxy.reading("ci").keys()).isZero();
  }

  private void move(ManualTime time) {
    for (int step = 0; step < STEPS; step++) {
      awaitRefusal(time.nanoTime());
      time.advance(STEP);
    }
    awaitRefusal(time.nanoTime());
  }

  private void awaitRefusal(long at) {
    while (refusedAt.get() < at && !Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }

  private void askUntil(Future<?> end, Gate gate, ManualTime time) {
    while (!end.isDone()) {
      long now = time.nanoTime();
      try {
        gate.enter(new FakeAsked("ci"), now);
        passedAt.add(now);
      } catch (RefusedException refusal) {
        refusedAt.accumulateAndGet(now, Math::max);
      }
    }
  }

  private static void run(Runnable each) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<?> done :
          threads.invokeAll(Collections.nCopies(THREADS, Executors.callable(each)))) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** In any interval between two that passed. */
  private double mostBeyondTheLaw() {
    List<Long> sorted = passedAt.stream().sorted().toList();
    double worst = Double.NEGATIVE_INFINITY;
    for (int first = 0; first < sorted.size(); first++) {
      for (int last = first; last < sorted.size(); last++) {
        double may =
            BURST
                + (double) (sorted.get(last) - sorted.get(first))
                    * RATE
                    / TimeUnit.SECONDS.toNanos(1);
        worst = Math.max(worst, last - first + 1 - may);
      }
    }
    return worst;
  }
}
