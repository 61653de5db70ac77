package io.apfproxy.replay.figures;

import io.apfproxy.flowcontrol.RejectReason;

/** What became of the requests of a level, a schema or a flow. Not thread-safe. */
final class Tally {
  private final Waits waits = new Waits();
  private long queueFull;
  private long concurrencyLimit;
  private long timeOut;
  private long requests;
  private long waited;
  private long repeated;
  private double seatSeconds;

  void came() {
    requests++;
  }

  void began(long waitNanos) {
    waits.add(waitNanos);
    if (waitNanos > 0) {
      waited++;
    }
  }

  void repeated() {
    repeated++;
  }

  void refused(RejectReason reason) {
    switch (reason) {
      case QUEUE_FULL -> queueFull++;
      case CONCURRENCY_LIMIT -> concurrencyLimit++;
      case TIME_OUT -> timeOut++;
    }
  }

  void held(double seats) {
    seatSeconds += seats;
  }

  Counts counts() {
    return new Counts(
        requests,
        waited,
        waits.quantile(0.5),
        waits.quantile(0.99),
        waits.most(),
        queueFull,
        concurrencyLimit,
        timeOut,
        repeated,
        seatSeconds);
  }
}
