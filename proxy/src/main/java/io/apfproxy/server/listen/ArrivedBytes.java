package io.apfproxy.server.listen;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much the heads take that have come and not begun, on all event loops of a listener together;
 * each has room of its own. Thread-safe. Source: specification security.md 12.
 */
public final class ArrivedBytes {
  static final String RULE = "arrived-head-bytes";
  static final long MOST_OF_LOOP = 16 << 20;

  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final LongAdder overflows = new LongAdder();

  public ArrivedBytes(int eventLoops) {
    this.most = eventLoops * MOST_OF_LOOP;
  }

  /** Counts so many more, or fewer. */
  void add(long bytes) {
    if (bytes != 0) {
      taken.addAndGet(bytes);
    }
  }

  /** One found no room. */
  void overflowed() {
    overflows.increment();
  }

  public Bound bound() {
    return new Bound(RULE, taken::get, most, overflows::sum);
  }
}
