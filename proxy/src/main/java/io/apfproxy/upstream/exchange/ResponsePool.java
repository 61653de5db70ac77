package io.apfproxy.upstream.exchange;

import java.util.HashMap;
import java.util.Map;

/**
 * Room for what has come of responses that hold seats, and that their clients have not taken. As
 * long as a response gets room it is read on, so that its seats go back when the upstream has sent
 * it, not when its client has read it. One response has a bound, all together have one, and while
 * the room is scarce one user has a quarter of it at most. Thread-safe. Source: specification
 * limits.md L-70.
 */
public final class ResponsePool {
  private static final int SHARE = 4;

  private final long mostOfOne;
  private final long most;
  private final long scarce;
  private final Map<String, Long> byUser = new HashMap<>();
  private long taken;
  private long overflows;

  /**
   * @param mostOfOne bytes of one response; 0 for no room at all
   * @param most bytes of all
   * @param scarce from so many on a user has to stay within his share
   */
  public ResponsePool(long mostOfOne, long most, long scarce) {
    this.mostOfOne = mostOfOne;
    this.most = most;
    this.scarce = scarce;
  }

  /**
   * That of one response, nothing yet.
   *
   * @param user whose share counts
   */
  Room room(String user) {
    return new Room(user);
  }

  /** Belongs to one event loop. */
  final class Room {
    private final String user;
    private long held;

    private Room(String user) {
      this.user = user;
    }

    /**
     * Makes it so many bytes at least.
     *
     * @return whether it could; if not, it stays as it is
     */
    boolean grow(long bytes) {
      if (bytes > mostOfOne) {
        return bytes <= held;
      }
      if (bytes > held) {
        if (!take(user, bytes - held)) {
          return false;
        }
        held = bytes;
      }
      return true;
    }

    /** Makes it so many bytes at most. */
    void shrink(long bytes) {
      if (bytes < held) {
        giveBack(user, held - bytes);
        held = bytes;
      }
    }

    long held() {
      return held;
    }
  }

  private synchronized boolean take(String user, long bytes) {
    long own = byUser.getOrDefault(user, 0L) + bytes;
    long all = taken + bytes;
    if (all > most || (all > scarce && own > most / SHARE)) {
      overflows++;
      return false;
    }
    taken = all;
    byUser.put(user, own);
    return true;
  }

  private synchronized void giveBack(String user, long bytes) {
    taken -= bytes;
    byUser.computeIfPresent(user, (same, own) -> own == bytes ? null : own - bytes);
  }

  /** How many bytes there are. */
  public synchronized long taken() {
    return taken;
  }

  /** How often a response got no more, though it had not all that one may have. */
  public synchronized long overflows() {
    return overflows;
  }

  /** How many users have some. */
  synchronized int users() {
    return byUser.size();
  }
}
