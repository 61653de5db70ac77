package io.apfproxy.server.walk;

import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.Scarcity;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one kind, counted in all and by who holds them. While they are not scarce anybody may
 * hold all of them; then nobody gets more than a quarter. Only those are remembered who hold some.
 * Thread-safe.
 */
final class SharedBytes {
  private static final int SHARE = 4;

  private final String rule;
  private final long most;
  private final Map<Object, Long> byOwner = new HashMap<>();
  private long taken;
  private long overflows;

  /**
   * @param most 0 for no limit
   */
  SharedBytes(String rule, long most) {
    this.rule = rule;
    this.most = most;
  }

  /**
   * Takes so many, if there is room.
   *
   * @param owner whose share counts; null for one that has none
   */
  synchronized boolean take(@Nullable Object owner, long number) {
    if (number == 0) {
      return true;
    }
    long own = owner == null ? 0 : byOwner.getOrDefault(owner, 0L) + number;
    boolean beyondShare = own > most / SHARE && Scarcity.binds(taken, most);
    if (most > 0 && (beyondShare || taken + number > most)) {
      overflows++;
      return false;
    }
    taken += number;
    if (owner != null) {
      byOwner.put(owner, own);
    }
    return true;
  }

  /** What was taken, by the same owner. */
  synchronized void giveBack(@Nullable Object owner, long number) {
    taken -= number;
    if (owner != null) {
      byOwner.computeIfPresent(owner, (same, own) -> own == number ? null : own - number);
    }
  }

  /** How many hold some. */
  synchronized int owners() {
    return byOwner.size();
  }

  /** For those who watch. */
  Bound bound() {
    return new Bound(rule, this::taken, most, this::overflows);
  }

  private synchronized long taken() {
    return taken;
  }

  private synchronized long overflows() {
    return overflows;
  }
}
