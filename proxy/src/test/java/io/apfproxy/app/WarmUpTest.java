package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.StartException;
import io.apfproxy.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What it does not hold up: a proxy is ready soon whatever becomes of its warm-up. */
class WarmUpTest {
  private static final Duration LONGEST = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ManualTime time = new ManualTime();

  private static WarmUp.Rehearsal failing(Throwable why) {
    return asked -> {
      if (why instanceof StartException start) {
        throw start;
      } else if (why instanceof IOException io) {
        throw io;
      } else if (why instanceof InterruptedException interrupt) {
        throw interrupt;
      } else if (why instanceof RuntimeException fault) {
        throw fault;
      }
      throw (Error) why;
    };
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new StartException("no port is free"),
        new IOException("no certificate"),
        new InterruptedException(),
        new IllegalStateException("a fault"),
        new NoClassDefFoundError("no such class"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void isOverWhenItFails(Throwable why) {
    try (WarmUp warmUp = WarmUp.begin(LONGEST, failing(why), time)) {
      await().atMost(PATIENCE).until(warmUp::isOver);
    }
  }

  @Test
  void isOverInTwiceItsTimeThoughItGoesOn() {
    try (WarmUp warmUp = WarmUp.begin(LONGEST, WarmUpTest::untilAsked, time)) {
      time.advance(LONGEST.multipliedBy(2).minusNanos(1));
      assertThat(warmUp.isOver()).isFalse();
      time.advance(Duration.ofNanos(1));
      assertThat(warmUp.isOver()).isTrue();
    }
  }

  @Test
  void endsEarlyWhenItIsAskedTo() {
    WarmUp warmUp = WarmUp.begin(LONGEST, WarmUpTest::untilAsked, time);
    assertThat(warmUp.isOver()).isFalse();

    warmUp.close();

    await().atMost(PATIENCE).until(warmUp::isOver);
  }

  @Test
  void doesNotBeginWithoutTime() {
    AtomicBoolean began = new AtomicBoolean();
    WarmUp.Rehearsal rehearsal =
        asked -> {
          began.set(true);
          return 0;
        };
    try (WarmUp warmUp = WarmUp.begin(Duration.ZERO, rehearsal, time)) {
      assertThat(warmUp.isOver()).isTrue();
    }
    assertThat(began).isFalse();
  }

  private static long untilAsked(CountDownLatch asked) throws InterruptedException {
    asked.await();
    return 0;
  }
}
