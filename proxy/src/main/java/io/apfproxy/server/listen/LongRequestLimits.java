package io.apfproxy.server.listen;

/**
 * How many requests may be open that flow control lets pass as they last. 0 means no limit. Source:
 * specification security.md 12.
 *
 * @param tunnels upgraded connections
 * @param tunnelsOfUser of one user, while tunnels are scarce
 * @param all tunnels among them
 * @param allOfUser of one user, while they are scarce
 * @param headBytes of all of them, and of watches, that are longer than usual
 */
public record LongRequestLimits(
    int tunnels, int tunnelsOfUser, int all, int allOfUser, long headBytes) {
  private static final int TUNNELS = 5_000;

  /** What one may hold whose client and server do not read: a queue and a piece each way. */
  private static final int HEAP_OF_TUNNEL = 384 << 10;

  private static final int HEADS_SHARE = 8;

  /** Of a listener for everybody. */
  public static final LongRequestLimits USUAL =
      new LongRequestLimits(TUNNELS, 200, 20_000, 5_000, 0);

  /**
   * Of a listener for everybody.
   *
   * @param heapBytes what the heap may grow to
   */
  public static LongRequestLimits of(long heapBytes) {
    return new LongRequestLimits(
        (int) Math.min(TUNNELS, Math.max(1, heapBytes / HEAP_OF_TUNNEL)),
        USUAL.tunnelsOfUser,
        USUAL.all,
        USUAL.allOfUser,
        heapBytes / HEADS_SHARE);
  }
}
