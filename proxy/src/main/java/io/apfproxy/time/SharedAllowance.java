package io.apfproxy.time;

/** What those take from together who have no place of their own. Thread-safe. */
final class SharedAllowance {
  private Allowance allowance;
  private long value;

  SharedAllowance(Allowance allowance) {
    this.allowance = allowance;
    this.value = allowance.whole(0);
  }

  /**
   * As {@link Allowance#wait}; takes the units if they may be taken.
   *
   * @param most nanoseconds to wait; nothing is taken if it is longer
   */
  synchronized long ask(long ticks, long units, long patienceNanos, long most) {
    long wait = allowance.wait(value, ticks, units, patienceNanos);
    if (wait >= 0 && wait <= most) {
      value = allowance.after(value, ticks, units);
    }
    return wait;
  }

  /** Takes units whether they are there or not; returns the nanoseconds until there are some. */
  synchronized long charge(long ticks, long units) {
    value = allowance.after(value, ticks, units);
    return -allowance.wait(value, ticks, 0, 0);
  }

  /** Returns whether something came back. */
  synchronized boolean back(long ticks, long units) {
    if (allowance.isWhole(value, ticks)) {
      return false;
    }
    long before = value;
    value = allowance.back(before, ticks, units);
    return value != before;
  }

  /** Takes as well what was taken elsewhere. */
  synchronized void add(long other, long ticks) {
    value = allowance.together(value, other, ticks);
  }

  /** A part of what is taken here: no more than all of it. */
  synchronized long atMost(long part, long ticks) {
    return allowance.less(part, value, ticks);
  }

  synchronized boolean isWhole(long ticks) {
    return allowance.isWhole(value, ticks);
  }

  synchronized long left(long ticks) {
    return allowance.left(value, ticks);
  }

  synchronized double used(long ticks) {
    return allowance.used(value, ticks);
  }

  synchronized void replace(Allowance next, long ticks) {
    value = next.carried(value, ticks, allowance);
    allowance = next;
  }

  /** As {@link KeySets#swept}. */
  synchronized void sweep(long ticks, boolean old) {
    value = KeySets.swept(value, allowance, ticks, old);
  }
}
