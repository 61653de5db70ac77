package io.apfproxy.flowcontrol;

/**
 * Why a request was refused.
 *
 * @param retryAfterSeconds 1 to 32, for the {@code Retry-After} header
 * @param seats that it asked for, at least 1
 * @param why for people, without a word of other users: what there was none of
 * @param found what the level was like
 */
public record Rejection(
    RejectReason reason, int retryAfterSeconds, int seats, String why, Circumstances found) {
  /** Nothing is free, and nobody waits. Source: specification seeing.md V-26. */
  static final String NO_QUEUES = "no seat is free, and requests of this kind do not wait";

  static final String TOO_MANY_EXEMPT = "too many exempt requests are executing";
  static final String TOO_MANY_WAITING = "too many requests are waiting";

  private static final long NANOS_PER_TENTH = 100_000_000;

  /**
   * @param places of a queue
   */
  static String queueFull(int places) {
    return "all " + places + " places of this request's queue are taken and no seat is free";
  }

  static String timeOut(int seats, long waitedNanos) {
    return "no "
        + (seats == 1 ? "seat" : seats + " seats")
        + " came free within "
        + seconds(waitedNanos)
        + " s";
  }

  /** Whole from ten on, else to a tenth. */
  private static String seconds(long nanos) {
    long tenths = (nanos + NANOS_PER_TENTH / 2) / NANOS_PER_TENTH;
    return tenths >= 100 || tenths % 10 == 0
        ? Long.toString((tenths + 5) / 10)
        : tenths / 10 + "." + tenths % 10;
  }
}
