package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.limit.LimitedProxy.Fate;
import io.apfproxy.request.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole process stands still for ten seconds with limits in force: nothing is run meanwhile,
 * and then everything that was due. Specification limits.md L-04, L-18.
 */
@Tag("S93")
@Tag("L-04")
class LimitPauseTest {
  private static final Duration BEFORE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final int NUMBER = 40;
  private static final int RATE = 5;

  private record Waiting(Fate fate, FakeAsked asked, long until) {}

  private final List<Waiting> waiting = new ArrayList<>();

  private int arrive(LimitedProxy proxy, int number) {
    int passed = 0;
    for (int i = 0; i < number; i++) {
      FakeAsked asked = proxy.get("alice");
      Fate fate = proxy.ask(asked);
      assertThat(fate.refusal()).isNull();
      if (fate.passes()) {
        passed++;
      } else {
        waiting.add(new Waiting(fate, asked, proxy.time.nanoTime() + fate.nanos()));
      }
    }
    return passed;
  }

  /** Those whose instant has come go on, each once; none is refused or has to wait again. */
  private int wake(LimitedProxy proxy) throws RefusedException {
    List<Waiting> due =
        waiting.stream().filter(one -> one.until() <= proxy.time.nanoTime()).toList();
    waiting.removeAll(due);
    for (Waiting one : due) {
      one.asked().waits++;
      assertThat(Objects.requireNonNull(one.fate().passage()).goOn(proxy.time.nanoTime())).isZero();
    }
    return due.size();
  }

  private LimitedProxy pausedWith(RateLimit limit, int atOnce) throws RefusedException {
    LimitedProxy proxy = new LimitedProxy(limit, Limiting.of("places").atATime(10 * NUMBER));
    assertThat(arrive(proxy, NUMBER)).isEqualTo(atOnce);
    proxy.time.advance(BEFORE);
    assertThat(wake(proxy)).as("by the law of a second").isEqualTo(RATE);
    proxy.time.advance(PAUSE);
    return proxy;
  }

  /** Ten seconds bring more than it holds: no more than a burst is saved. */
  @Test
  void letsWaitingOnesGoOnAndSavesNoMoreThanABurst() throws RefusedException {
    int burst = 10;
    LimitedProxy proxy =
        pausedWith(Limiting.of("users").by("User").tokens(RATE, "1s", burst, "30s"), burst);
    assertThat(wake(proxy)).as("all the others").isEqualTo(NUMBER - burst - RATE);
    assertThat(proxy.reading("places").fullest()).as("each took one place").isEqualTo(0.1);
    LimitReading reading = proxy.reading("users");
    assertThat(reading.passed()).isEqualTo(burst);
    assertThat(reading.delayed()).isEqualTo(NUMBER - burst);
    assertThat(reading.waits().nanos())
        .as("what the law let them wait, not what they waited")
        .isEqualTo(30 * 31 / 2 * TimeUnit.SECONDS.toNanos(1) / RATE);

    assertThat(arrive(proxy, 30)).isEqualTo(burst);
  }

  /** Whoever waits has his slot; after the pause again one at a time. */
  @Test
  void letsWaitingOnesGoOnAndThenOneAtATimeWhereItLeaks() throws RefusedException {
    LimitedProxy proxy = pausedWith(Limiting.of("users").by("User").leaking(RATE, 100), 1);
    assertThat(wake(proxy)).isEqualTo(NUMBER - 1 - RATE);
    assertThat(arrive(proxy, 30)).isEqualTo(1);
    assertThat(waiting.get(0).until() - proxy.time.nanoTime())
        .isEqualTo(TimeUnit.SECONDS.toNanos(1) / RATE);
  }

  /** It stood still longer than one may wait: that was no fault of who waits. */
  @Test
  void refusesNobodyWhoseTimeToWaitRanOutMeanwhile() throws RefusedException {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("users").by("User").tokens(1, "1s", 1, "60s"));
    assertThat(arrive(proxy, 1)).isEqualTo(1);
    FakeAsked hasty = proxy.get("alice");
    hasty.waitsUntil = proxy.time.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    Fate fate = proxy.ask(hasty);
    waiting.add(new Waiting(fate, hasty, proxy.time.nanoTime() + fate.nanos()));
    proxy.time.advance(PAUSE);
    assertThat(wake(proxy)).isEqualTo(1);
  }
}
