package io.apfproxy.budget;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Adaptive seats in virtual time, with pulses as a test makes them. */
abstract class AdaptiveBudgetFixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration PULSES_APART = Duration.ofMillis(100);

  final ManualTime time = new ManualTime();
  final AdaptiveBudget budget =
      new AdaptiveBudget(10, 100, Duration.ofMillis(5), time, time, () -> 0.5);
  final List<Integer> told = new ArrayList<>();
  final List<SeatMove> moves = new ArrayList<>();
  SeatUse use = new SeatUse(0, 100, false);
  boolean down;

  AdaptiveBudgetFixture() {
    budget.onChange(told::add);
    budget.onMove(moves::add);
    budget.begin(); // so that there are few
    time.advance(SECOND);
    budget.start(() -> use, () -> down);
    time.settle();
    told.clear();
    moves.clear();
  }

  /** So long, with ten pulses a second that take so many milliseconds. */
  void pass(Duration duration, double millis) {
    for (long i = 0; i < duration.dividedBy(PULSES_APART); i++) {
      budget.took((long) (millis * 1e6), 0);
      time.advance(PULSES_APART);
    }
  }

  void busy(int inUse) {
    use = new SeatUse(inUse, 100, true);
  }

  void passWithoutPulses(Duration duration) {
    time.advance(duration);
  }
}
