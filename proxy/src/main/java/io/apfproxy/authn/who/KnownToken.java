package io.apfproxy.authn.who;

import io.apfproxy.request.UserInfo;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A token that was good, and until when that need not be asked again. Thread-safe. */
final class KnownToken {
  /*
   * Why not Caffeine's refresh: it has one time for all entries, where a token tells its own end; it asks by the key alone, which is
   * not to be the token; and after a failure it asks again at once, logging each.
   */
  private static final long BETWEEN_RENEWALS = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = Long.MIN_VALUE;

  private final UserInfo user;
  private final long freshUntil;
  private final AtomicLong renewAt;
  private final AtomicLong firstAsked = new AtomicLong(NEVER);

  /**
   * @param ttlNanos how long it is fresh; in its last quarter it is renewed if it is used
   */
  KnownToken(UserInfo user, long ttlNanos, long now) {
    this.user = user;
    this.freshUntil = now + ttlNanos;
    this.renewAt = new AtomicLong(freshUntil - ttlNanos / 4);
  }

  UserInfo user() {
    return user;
  }

  boolean isFresh(long now) {
    return now - freshUntil < 0;
  }

  /** Whether the one who asks this shall renew it: once a second says yes. */
  boolean isToBeRenewed(long now) {
    long due = renewAt.get();
    return now - due >= 0 && renewAt.compareAndSet(due, now + BETWEEN_RENEWALS);
  }

  /**
   * Notes that its renewal is asked for.
   *
   * @return since when that has been tried, in nanoseconds before now
   */
  long asked(long now) {
    return firstAsked.compareAndSet(NEVER, now) ? 0 : now - firstAsked.get();
  }
}
