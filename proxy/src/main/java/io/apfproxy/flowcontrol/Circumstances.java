package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.SeatRequest;

/**
 * What a priority level was like at the moment it refused a request. Source: specification
 * seeing.md V-28.
 *
 * @param inUse seats in use; requests where those that execute are counted: exempt and classic; -1
 *     where nobody knows
 * @param limit of these, -1 where nobody knows; more may be in use while a limit sinks, or in a
 *     burst
 * @param queue index of the request's queue, from 0; -1 if it had none
 * @param queueLength requests that waited there, without the refused one
 * @param queueLimit places of that queue, 0 if it had none
 */
public record Circumstances(int inUse, int limit, int queue, int queueLength, int queueLimit) {
  /** Nobody knows. */
  public static final Circumstances NONE = new Circumstances(-1, -1, -1, 0, 0);

  /** Of a limit without queues. */
  static Circumstances of(long inUse, long limit) {
    return new Circumstances(
        (int) Math.min(inUse, Integer.MAX_VALUE),
        (int) Math.min(limit, Integer.MAX_VALUE),
        -1,
        0,
        0);
  }

  /**
   * Of a request that its level has refused.
   *
   * @param places of each queue there
   */
  static Circumstances of(SeatRequest refused, int places) {
    int queue = refused.queueAtRefusal();
    return new Circumstances(
        refused.seatsInUseAtRefusal(),
        refused.limitAtRefusal(),
        queue,
        refused.queueLengthAtRefusal(),
        queue < 0 ? 0 : places);
  }
}
