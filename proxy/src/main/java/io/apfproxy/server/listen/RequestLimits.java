package io.apfproxy.server.listen;

/**
 * How much requests may hold, apart from their seats. 0 means no limit everywhere, but for the
 * response buffer, of which there is none then. Source: specification security.md 12, limits.md
 * L-70.
 *
 * @param watches open
 * @param watchesOfUser open, of one user, while watches are scarce
 * @param watchStartsOfUser a second, of one user, and ten times as many at once, while watches
 *     queue up for their seats
 * @param waitingHeadBytes of requests that wait for seats
 * @param waitingBodyBytes that have arrived of their bodies
 * @param partialHeadBytes of heads that are being received; needs a {@link GuardedTransport}
 * @param unreadBytes of responses that their clients do not take
 * @param responseBuffer of these, of one response that holds seats, before its upstream has to wait
 * @param responseBufferBytes the same of all responses; a part of the unread bytes
 * @param longOnes open
 */
public record RequestLimits(
    int watches,
    int watchesOfUser,
    int watchStartsOfUser,
    long waitingHeadBytes,
    long waitingBodyBytes,
    long partialHeadBytes,
    long unreadBytes,
    long responseBuffer,
    long responseBufferBytes,
    LongRequestLimits longOnes) {
  /** None but those of long requests. */
  public static final RequestLimits NONE = new RequestLimits(0, 0, 0, 0, 0, 0);

  /** With the usual limits of long requests. */
  public RequestLimits(
      int watches,
      int watchesOfUser,
      int watchStartsOfUser,
      long waitingHeadBytes,
      long waitingBodyBytes,
      long partialHeadBytes,
      long unreadBytes,
      long responseBuffer,
      long responseBufferBytes) {
    this(
        watches,
        watchesOfUser,
        watchStartsOfUser,
        waitingHeadBytes,
        waitingBodyBytes,
        partialHeadBytes,
        unreadBytes,
        responseBuffer,
        responseBufferBytes,
        LongRequestLimits.USUAL);
  }

  /** Without room for responses: their upstream has to wait for their clients. */
  public RequestLimits(
      int watches,
      int watchesOfUser,
      int watchStartsOfUser,
      long waitingHeadBytes,
      long waitingBodyBytes,
      long partialHeadBytes,
      long unreadBytes) {
    this(
        watches,
        watchesOfUser,
        watchStartsOfUser,
        waitingHeadBytes,
        waitingBodyBytes,
        partialHeadBytes,
        unreadBytes,
        0,
        0);
  }

  /** The same, and without a limit of unread bytes. */
  public RequestLimits(
      int watches,
      int watchesOfUser,
      int watchStartsOfUser,
      long waitingHeadBytes,
      long waitingBodyBytes,
      long partialHeadBytes) {
    this(
        watches,
        watchesOfUser,
        watchStartsOfUser,
        waitingHeadBytes,
        waitingBodyBytes,
        partialHeadBytes,
        0);
  }

  /** Users whose starts are counted. */
  public static final int MOST_STARTING_USERS = 10_000;

  /** So many watches that wait for seats are a queue in which starting users share. */
  public static final int MANY_WAITING_WATCHES = 10_000;

  private static final int BURST_SECONDS = 10;

  public int watchStartBurst() {
    return (int) Math.min(Integer.MAX_VALUE, (long) watchStartsOfUser * BURST_SECONDS);
  }
}
