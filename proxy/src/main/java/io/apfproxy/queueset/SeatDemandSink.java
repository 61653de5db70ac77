package io.apfproxy.queueset;

/** Told how many seats a level's requests want, whenever that may have changed. */
@FunctionalInterface
public interface SeatDemandSink {
  /**
   * @param nowNanos never less than at the call before
   * @param seats held, lingering ones included, plus waited for, plus those of the widest request
   *     refused because there was no seat at all
   */
  void set(long nowNanos, int seats);
}
