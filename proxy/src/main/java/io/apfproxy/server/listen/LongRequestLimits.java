package io.apfproxy.server.listen;

/**
 * How many requests may be open that flow control lets pass as they last. 0 means no limit. Source:
 * specification security.md 12.
 *
 * @param tunnels upgraded connections
 * @param tunnelsOfUser of one user, while tunnels are scarce
 * @param all tunnels among them
 * @param allOfUser of one user, while they are scarce
 */
public record LongRequestLimits(int tunnels, int tunnelsOfUser, int all, int allOfUser) {
  /** Of a listener for everybody. */
  public static final LongRequestLimits USUAL = new LongRequestLimits(5_000, 200, 20_000, 5_000);
}
