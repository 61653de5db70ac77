package io.apfproxy.time;

/** Counts what is taken at the same time. */
record Counted(long most) implements Allowance {
  @Override
  public long whole(long ticks) {
    return 0;
  }

  @Override
  public boolean isWhole(long value, long ticks) {
    return value == 0;
  }

  @Override
  public boolean heals() {
    return false;
  }

  @Override
  public long wait(long value, long ticks, long units, long patience) {
    return value + units <= most ? 0 : -1;
  }

  @Override
  public long left(long value, long ticks) {
    return most - value;
  }

  @Override
  public long after(long value, long ticks, long units) {
    return value + units;
  }

  @Override
  public long back(long value, long ticks, long units) {
    return value - units;
  }

  @Override
  public double used(long value, long ticks) {
    return (double) value / most;
  }

  @Override
  public long carried(long value, long ticks, Allowance before) {
    return value;
  }

  @Override
  public long less(long one, long other, long ticks) {
    return Math.min(one, other);
  }

  @Override
  public long together(long one, long other, long ticks) {
    return one + other;
  }
}
