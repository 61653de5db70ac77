package io.apfproxy.borrowing;

/**
 * Demand statistics of a level as of the last borrowing period. Immutable. Source: reference,
 * apf_controller.go, {@code seatDemandStats}.
 *
 * @param highWatermark most seats wanted at any instant of the period
 * @param average over the period, as is {@code deviation}
 * @param smoothed rises at once with the demand, and falls slowly: by half in about 30 periods
 */
public record SeatDemandStats(
    int highWatermark, double average, double deviation, double smoothed) {
  /** Of a level that is new. */
  public static final SeatDemandStats NONE = new SeatDemandStats(0, 0, 0, 0);

  private static final double KEPT = 0.977;
  private static final double RENEWED = 0.023;

  /** The statistics after one more period; without any duration it tells its maximum only. */
  public SeatDemandStats after(SeatDemand period) {
    int watermark = (int) Math.round(period.max());
    if (!(period.seconds() > 0)) {
      return new SeatDemandStats(watermark, average, deviation, smoothed);
    }
    double spread = Double.isNaN(period.deviation()) ? 0 : period.deviation();
    double envelope = period.average() + spread;
    return new SeatDemandStats(
        watermark,
        period.average(),
        spread,
        Math.max(envelope, KEPT * smoothed + RENEWED * envelope));
  }
}
