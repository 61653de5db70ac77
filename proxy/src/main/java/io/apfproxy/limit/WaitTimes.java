package io.apfproxy.limit;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How long requests were made to wait. Thread-safe. */
final class WaitTimes {
  private static final double[] BOUNDS = {0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60};

  private final LongAdder[] numbers = new LongAdder[BOUNDS.length + 1];
  private final LongAdder nanos = new LongAdder();

  WaitTimes() {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = new LongAdder();
    }
  }

  void add(long waitNanos) {
    int bucket = 0;
    while (bucket < BOUNDS.length && waitNanos > BOUNDS[bucket] * TimeUnit.SECONDS.toNanos(1)) {
      bucket++;
    }
    numbers[bucket].increment();
    nanos.add(waitNanos);
  }

  LimitReading.Waits read() {
    return new LimitReading.Waits(
        Arrays.stream(BOUNDS).boxed().toList(),
        Arrays.stream(numbers).map(LongAdder::sum).toList(),
        nanos.sum());
  }
}
