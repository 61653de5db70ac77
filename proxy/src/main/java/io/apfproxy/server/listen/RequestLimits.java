package io.apfproxy.server.listen;

/**
 * How much requests may hold, apart from their seats. 0 means no limit everywhere. Source:
 * specification security.md 12.
 *
 * @param watches open
 * @param watchesOfUser open, of one user, while watches are scarce
 * @param watchStartsOfUser a second, of one user, and ten times as many at once, while watches
 *     queue up for their seats
 * @param waitingHeadBytes of requests that wait for seats
 * @param waitingBodyBytes that have arrived of their bodies
 * @param partialHeadBytes of heads that are being received; needs a {@link GuardedTransport}
 * @param unreadBytes of responses that their clients do not take
 * @param tunnels open
 * @param tunnelsOfUser open, of one user, while tunnels are scarce
 */
public record RequestLimits(
    int watches,
    int watchesOfUser,
    int watchStartsOfUser,
    long waitingHeadBytes,
    long waitingBodyBytes,
    long partialHeadBytes,
    long unreadBytes,
    int tunnels,
    int tunnelsOfUser) {
  /** No limits at all. */
  public static final RequestLimits NONE = new RequestLimits(0, 0, 0, 0, 0, 0);

  private static final int TUNNELS = 5_000;
  private static final int TUNNELS_OF_USER = 200;

  /** With the tunnels that everybody has. */
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
        TUNNELS,
        TUNNELS_OF_USER);
  }

  /** The same, without one of unread bytes. */
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
