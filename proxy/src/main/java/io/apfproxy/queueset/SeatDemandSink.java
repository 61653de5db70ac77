package io.apfproxy.queueset;

/** Told how many seats a level's requests hold or wait for, whenever that may have changed. */
@FunctionalInterface
public interface SeatDemandSink {
  /**
   * @param nowNanos never less than at the call before
   * @param seats held, lingering ones included, plus waited for
   */
  void set(long nowNanos, int seats);
}
