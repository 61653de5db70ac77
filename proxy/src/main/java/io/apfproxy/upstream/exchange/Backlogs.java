package io.apfproxy.upstream.exchange;

/**
 * What clients have not taken of all responses, in one total, and the room in which it may grow.
 * Thread-safe.
 *
 * @param unread counts it
 * @param pool of room
 */
public record Backlogs(UnreadBytes unread, ResponsePool pool) {
  /**
   * That of a response that is about to begin.
   *
   * @param address of its client
   * @param cutOff as {@link UnreadBytes#response} has it
   */
  Backlog of(String address, Runnable cutOff, HeldSeats seats) {
    return new Backlog(this, address, cutOff, seats);
  }
}
