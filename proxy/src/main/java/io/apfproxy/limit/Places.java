package io.apfproxy.limit;

import io.apfproxy.time.Allowance;

/**
 * So many at the same time. Who takes more than there are may have them alone. Source:
 * specification limits.md L-25.
 */
record Places(int most) implements Allowance {
  @Override
  public long whole(long now) {
    return 0;
  }

  @Override
  public boolean isWhole(long taken, long now) {
    return taken == 0;
  }

  @Override
  public boolean heals() {
    return false;
  }

  /** Nobody knows when one will be free. */
  @Override
  public long wait(long taken, long now, long units, long patienceNanos) {
    return taken == 0 || taken + units <= most ? 0 : -1;
  }

  @Override
  public long after(long taken, long now, long units) {
    return taken + units;
  }

  @Override
  public long back(long taken, long now, long units) {
    return taken - units;
  }

  @Override
  public long left(long taken, long now) {
    return Math.max(0, most - taken);
  }

  @Override
  public double used(long taken, long now) {
    return Math.min(1, (double) taken / most);
  }

  @Override
  public long carried(long taken, long now, Allowance before) {
    return taken;
  }

  @Override
  public long less(long one, long other, long now) {
    return Math.min(one, other);
  }

  @Override
  public long together(long one, long other, long now) {
    return one + other;
  }
}
