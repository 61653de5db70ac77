package io.apfproxy.upstream;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * How long clients' requests wait for the event loops that serve them: each loop in turn is asked
 * to run nothing. Confined to one thread; a loop only notes when it got there. Source:
 * specification limits.md B, for the proxy's own part of the way.
 */
final class LoopWaits {
  private final List<? extends Executor> loops;
  private final LongSupplier clock;
  private int next;

  /**
   * @param loops that serve clients, at least one
   * @param clock monotonic, in nanoseconds
   */
  LoopWaits(List<? extends Executor> loops, LongSupplier clock) {
    this.loops = List.copyOf(loops);
    this.clock = clock;
  }

  /** Asks the next loop. */
  Wait ask() {
    Wait wait = new Wait();
    loops.get(next).execute(wait);
    next = (next + 1) % loops.size();
    return wait;
  }

  /** What one loop says. */
  final class Wait implements Runnable {
    private final long asked = clock.getAsLong();
    private volatile long waited = -1;

    @Override
    public void run() {
      waited = clock.getAsLong() - asked;
    }

    /** Nanoseconds that it took to get there; those until now while it has not. */
    long nanos() {
      long known = waited;
      return known >= 0 ? known : clock.getAsLong() - asked;
    }
  }
}
