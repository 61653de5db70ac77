package io.apfproxy.queueset;

/**
 * How far above its limit a level may still be that was to go down gradually: of the seats given
 * back about every second one goes to who comes next, until no more are in use than the limit says.
 * Not thread-safe: the level's lock guards it.
 */
final class Descent {
  /*
   * A limit that falls at once lets nobody begin until as many have ended as it fell by: where those
   * are 23 lists of 30, for a tenth of a second, in which everybody waits, and none longer than he
   * who needs little. This way that takes twice as long, and whoever's turn it is waits for two to
   * end. Counted in half seats, of which each seat given back takes one. It ends by itself, as seats
   * are only taken after others were given back.
   */
  private long halves;

  /** Seats beyond the limit. */
  int seats() {
    return (int) (halves / 2);
  }

  /**
   * The limit was lowered, gradually: at no instant may more be in use than before.
   *
   * @param by so much
   * @param excess seats in use beyond what it is now
   */
  void lowered(int by, int excess) {
    halves = Math.min(halves + 2L * by, beyond(excess));
  }

  /** The limit is another one, at once. */
  void changed(int excess) {
    halves = Math.min(halves, beyond(excess));
  }

  /**
   * Seats were given back.
   *
   * @param excess seats in use beyond the limit after that
   * @param awaited whether somebody waits; else a seat is kept for who comes next, and no more
   */
  void gaveBack(int width, int excess, boolean awaited) {
    if (halves > 0) {
      long left = excess <= 0 ? 0 : halves - width;
      halves = Math.max(0, awaited ? left : Math.min(left, beyond(excess) + 2));
    }
  }

  private static long beyond(int excess) {
    return 2L * Math.max(0, excess);
  }
}
