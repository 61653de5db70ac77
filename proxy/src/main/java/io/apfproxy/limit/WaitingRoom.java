package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Bounds how many requests wait at gates. Thread-safe. Source: specification limits.md L-04. */
final class WaitingRoom implements Gate {
  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder overflows = new LongAdder();

  WaitingRoom(int most) {
    this.most = most;
  }

  @Override
  public boolean concerns(Asked asked) {
    return true;
  }

  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    if (waiting.incrementAndGet() > most) {
      waiting.decrementAndGet();
      overflows.increment();
      throw new RefusedException(
              429,
              "TooManyRequests",
              "rate-limit-waiting",
              "too many requests: too many wait for a rate limit of this proxy; try again in 1 s")
          .retryAfter(1);
    }
    return 0;
  }

  @Override
  public void leave(Asked asked) {
    waiting.decrementAndGet();
  }

  int waiting() {
    return waiting.get();
  }

  long overflows() {
    return overflows.sum();
  }
}
