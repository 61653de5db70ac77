package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;

/**
 * Bounds what uncommonly long heads take of requests that last as long as their client likes: those
 * hold no seats, so that there may be thousands, and each keeps its head until it ends.
 * Thread-safe. Source: specification security.md 12.
 */
final class LastingHeads implements Gate {
  private static final String RULE = "lasting-head-bytes";

  /** So much each place for one has been given already. */
  static final long USUAL = 16 << 10;

  private final SharedBytes heads;

  /**
   * @param most bytes, 0 for no limit
   */
  LastingHeads(long most) {
    this.heads = new SharedBytes(RULE, most);
  }

  @Override
  public boolean concerns(Asked asked) {
    return LongRunning.isLongRunning(asked.info());
  }

  /**
   * @throws RefusedException 429 if there is no room, or the user has its share while that is
   *     scarce
   */
  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    if (!heads.take(asked.digest().user().name(), beyondUsual(asked))) {
      throw new RefusedException(
              429, "TooManyRequests", RULE, "the heads of open watches and the like are too long")
          .retryAfter(1);
    }
    return 0;
  }

  @Override
  public void leave(Asked asked) {
    heads.giveBack(asked.digest().user().name(), beyondUsual(asked));
  }

  private static long beyondUsual(Asked asked) {
    return Math.max(0, asked.headBytes() - USUAL);
  }

  /** For those who watch. */
  Bound bound() {
    return heads.bound();
  }
}
