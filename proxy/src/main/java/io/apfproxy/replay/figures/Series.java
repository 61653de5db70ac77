package io.apfproxy.replay.figures;

/** How a level fared over time, point by point. The arrays are its own: not to be changed. */
public final class Series {
  private final double seconds;
  private final double[] seats;
  private final double[] limits;
  private final double[] refused;
  private final double[] waitP99;

  /** Takes the arrays, all of one length. */
  public Series(
      double seconds, double[] seats, double[] limits, double[] refused, double[] waitP99) {
    this.seconds = seconds;
    this.seats = seats;
    this.limits = limits;
    this.refused = refused;
    this.waitP99 = waitP99;
  }

  /** Between two points. */
  public double seconds() {
    return seconds;
  }

  /** Mean of those in use. */
  public double[] seats() {
    return seats;
  }

  /** Mean of the limit in force. */
  public double[] limits() {
    return limits;
  }

  /** Requests refused a second, those that came again included. */
  public double[] refused() {
    return refused;
  }

  /** Of those that got their seats then, in seconds. */
  public double[] waitP99() {
    return waitP99;
  }
}
