package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the watches that wait for their seats. Refuses none. Thread-safe. */
final class WaitingWatches implements Gate {
  private final AtomicInteger number = new AtomicInteger();

  @Override
  public boolean concerns(Asked asked) {
    return asked.info().isWatch();
  }

  @Override
  public long enter(Asked asked, long now) {
    number.incrementAndGet();
    return 0;
  }

  @Override
  public void leave(Asked asked) {
    number.decrementAndGet();
  }

  long number() {
    return number.get();
  }
}
