package io.apfproxy.server.listen;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.server.log.RefusalLog;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The bytes of all heads that are being received together. While they are not scarce everybody may
 * have what one head may have; then no address gets more than a share, and beyond the limit none
 * that has more than the others have on average. Thread-safe. Source: specification security.md 12,
 * S31.
 */
public final class PartialHeads {
  static final String RULE = "partial-head-bytes";
  private static final int SHARE = 4;

  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final ConcurrentMap<ClientAddress, Long> byAddress = new ConcurrentHashMap<>();
  private final LongAdder overflows = new LongAdder();
  private final RefusalLog log;
  private final Reporter reporter;

  /**
   * @param most bytes, 0 for no limit
   * @param reporter told of what was closed, on any thread
   */
  public PartialHeads(long most, Reporter reporter) {
    this(most, reporter, System::nanoTime);
  }

  public PartialHeads(long most, Reporter reporter, LongSupplier nanos) {
    this.most = most;
    this.reporter = reporter;
    this.log = new RefusalLog(nanos);
  }

  /** Counts so many more, or fewer. */
  void add(ClientAddress address, long bytes) {
    if (bytes == 0) {
      return; // an entry of nothing would stay
    }
    taken.addAndGet(bytes);
    byAddress.merge(address, bytes, (known, more) -> known + more == 0 ? null : known + more);
  }

  /** Whether an address that just got more may keep it. */
  boolean allows(ClientAddress address) {
    long all = taken.get();
    if (most == 0 || !Scarcity.binds(all, most)) {
      return true;
    }
    long own = byAddress.getOrDefault(address, 0L);
    if (own > most / SHARE) {
      return false;
    }
    if (all <= most) {
      return true;
    }
    return all <= most + most / SHARE && own < all / Math.max(1, byAddress.size());
  }

  /** One was closed for want of room. */
  void overflowed(String client) {
    overflows.increment();
    tell(RULE, "closed, heads that are being received take more than their room", client);
  }

  /** One was closed after so long a time. */
  void late(long seconds, String client) {
    tell("head-timeout", "closed, a head was not complete after " + seconds + " s", client);
  }

  private void tell(String rule, String message, String client) {
    synchronized (log) {
      log.notAccepted(rule, message, client);
    }
    reporter.notAccepted(rule, message, client);
  }

  /** Tells the sums of what was not told one by one; call it now and then. */
  void sumUp() {
    synchronized (log) {
      log.sumUp();
    }
  }

  public Bound bound() {
    return new Bound(RULE, taken::get, most, overflows::sum);
  }
}
