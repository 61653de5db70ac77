package io.apfproxy.upstream.exchange;

import io.vertx.core.Vertx;

/** Counts the bytes of a body, and looks now and then whether enough of them came. */
final class BodyRate {
  private static final long CLIENT_MILLIS = 30_000;
  private static final long CLIENT_BYTES = 30 << 10;

  /** Told at each look, on the event loop. */
  interface Look {
    /**
     * @param slow whether fewer came since the last look than must
     */
    void at(boolean slow);
  }

  private final Vertx vertx;
  private final long millis;
  private final long least;
  private long bytes;
  private long bytesBefore;
  private long timer = -1;

  /**
   * @param millis between two looks
   * @param least bytes that must come in between
   */
  BodyRate(Vertx vertx, long millis, long least) {
    this.vertx = vertx;
    this.millis = millis;
    this.least = least;
  }

  /** As fast as a client has to send the body of its request. Source: S27. */
  static BodyRate ofClient(Vertx vertx) {
    return new BodyRate(vertx, CLIENT_MILLIS, CLIENT_BYTES);
  }

  void count(int number) {
    bytes += number;
  }

  /** All there were. */
  long bytes() {
    return bytes;
  }

  /** Looks until stopped; harmless if it does so already. */
  void watch(Look look) {
    if (timer < 0) {
      bytesBefore = bytes;
      timer = vertx.setPeriodic(millis, tick -> look(look));
    }
  }

  private void look(Look look) {
    boolean slow = bytes - bytesBefore < least;
    bytesBefore = bytes;
    look.at(slow);
  }

  void stop() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }
}
