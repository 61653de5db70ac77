package io.apfproxy.limit;

import io.apfproxy.time.Allowance;
import io.apfproxy.time.KeyTable;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is known of the keys of a limit, and what became of those who asked: outlives changes of the
 * limit. Thread-safe.
 */
final class LimitState {
  private volatile KeyTable keys;
  private final RefusalRate refusals;
  private final LongAdder passed = new LongAdder();
  private final LongAdder delayed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder refunded = new LongAdder();
  private final LongAdder shadowDelayed = new LongAdder();
  private final LongAdder shadowRefused = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final WaitTimes waits = new WaitTimes();

  LimitState(int keys, Allowance allowance, long now) {
    this.keys = new KeyTable(keys, allowance, now);
    this.refusals = new RefusalRate(now);
  }

  KeyTable keys() {
    return keys;
  }

  /**
   * Allows something else from now on; of each key as much is missing as before. By one thread at a
   * time.
   */
  void allow(Allowance allowance, long now) {
    keys.replace(allowance, now);
  }

  /** Remembers another number of keys from now on. By one thread at a time. */
  void remember(int most, long now) {
    keys = keys.resized(most, now);
  }

  void passed(long waitNanos) {
    if (waitNanos == 0) {
      passed.increment();
    } else {
      delayed.increment();
      waits.add(waitNanos);
    }
  }

  /** One passed in shadow that would have waited. */
  void delayedInShadow() {
    shadowDelayed.increment();
  }

  /** The same of one that would have been refused; returns as {@link #refused}. */
  int refusedInShadow(long now) {
    passed.increment();
    shadowRefused.increment();
    return refusals.count(now);
  }

  /** Bytes of requests that it concerns. */
  void moved(long in, long out) {
    if (in > 0) {
      bytesIn.add(in);
    }
    if (out > 0) {
      bytesOut.add(out);
    }
  }

  /** Counts a refusal; returns how many there were in the last second, in shadow or not. */
  int refused(long now) {
    refused.increment();
    return refusals.count(now);
  }

  void refunded() {
    refunded.increment();
  }

  LimitReading read(String name, long now) {
    KeyTable table = keys;
    KeyTable.Reading reading = table.read(now);
    return new LimitReading(
        name,
        passed.sum(),
        delayed.sum(),
        refused.sum(),
        refunded.sum(),
        new LimitReading.Shadow(shadowDelayed.sum(), shadowRefused.sum()),
        waits.read(),
        bytesIn.sum(),
        bytesOut.sum(),
        reading.keys(),
        table.overflows(),
        reading.fullest());
  }
}
