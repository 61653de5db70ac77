package io.apfproxy.gate;

import io.apfproxy.request.RefusedException;
import java.util.List;

/**
 * Writes down what it is told. One whose name begins with "full" refuses, one with "broken" throws
 * when it is left.
 *
 * @param name the rule too by which it refuses
 * @param nanos how long it lets wait
 * @param book where it writes
 */
public record RecordedGate(String name, long nanos, List<String> book) implements Gate {
  @Override
  public boolean concerns(Asked asked) {
    return true;
  }

  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    return nanos > 0 ? nanos : enterWaiting(asked, now);
  }

  @Override
  public long enterWaiting(Asked asked, long now) throws RefusedException {
    book.add(name + " entered at " + now);
    if (name.startsWith("full")) {
      throw new RefusedException(429, "TooManyRequests", name, "message").retryAfter(7);
    }
    return nanos;
  }

  @Override
  public void refund(Asked asked) {
    book.add(name + " refunded");
  }

  @Override
  public void leave(Asked asked) {
    book.add(name + " left");
    if (name.startsWith("broken")) {
      throw new GateLedger.Thrown();
    }
  }
}
