package io.apfproxy.borrowing;

/**
 * Integrates the seats wanted over time. Not thread-safe: the level's lock guards it. Source:
 * reference, fairqueuing/integrator.go.
 */
public final class SeatDemandIntegrator {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private long lastNanos;
  private double current;
  private double seconds;
  private double integral;
  private double integralOfSquare;
  private double min;
  private double max;

  public SeatDemandIntegrator(long nowNanos) {
    this.lastNanos = nowNanos;
  }

  /** From now on so many seats are wanted. */
  public void set(long nowNanos, double seats) {
    advance(nowNanos);
    current = seats;
    min = Math.min(min, seats);
    max = Math.max(max, seats);
  }

  /** From now on so many more seats are wanted, fewer if negative. */
  public void add(long nowNanos, double seats) {
    set(nowNanos, current + seats);
  }

  /** The demand since the last {@link #reset}. */
  public SeatDemand get(long nowNanos) {
    advance(nowNanos);
    if (seconds <= 0) {
      return new SeatDemand(seconds, Double.NaN, Double.NaN, min, max);
    }
    double average = integral / seconds;
    double deviation = Math.sqrt(integralOfSquare / seconds - average * average);
    return new SeatDemand(seconds, average, deviation, min, max);
  }

  /** Ends a period: returns its demand and begins the next with what is wanted now. */
  public SeatDemand reset(long nowNanos) {
    SeatDemand demand = get(nowNanos);
    seconds = 0;
    integral = 0;
    integralOfSquare = 0;
    min = current;
    max = current;
    return demand;
  }

  private void advance(long nowNanos) {
    long nanos = nowNanos - lastNanos;
    // Whole seconds and rest apart: rounded as the reference rounds.
    long wholeSeconds = nanos / NANOS_PER_SECOND;
    double elapsed = wholeSeconds + (nanos % NANOS_PER_SECOND) / (double) NANOS_PER_SECOND;
    lastNanos = nowNanos;
    seconds += elapsed;
    integral += current * elapsed;
    integralOfSquare += current * current * elapsed;
  }
}
