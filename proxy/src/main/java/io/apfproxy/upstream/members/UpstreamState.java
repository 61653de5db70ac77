package io.apfproxy.upstream.members;

import java.time.Duration;

/**
 * Whether anybody is there upstream, judged by pulses and by what else is heard. Times are in
 * nanoseconds and come from one monotonic clock. One thread at a time tells it of pulses, ways and
 * exchanges that found nobody; heads may come from any, and any may read. Source: specification
 * limits.md L-90.
 */
final class UpstreamState {
  /*
   *            bad sign                    MISSES pulses unanswered, QUIET without a head, no way
   *   TRUSTED ---------> DOUBTED, closed? ----------------------------------------------> DOWN
   *      ^                  |                                                              |
   *      +------------------+------------------- a pulse is answered ----------------------+
   *
   * Bad signs are a pulse without answer and an exchange that found nobody; that one also closes the
   * door until something is heard. Heads are noted while there is doubt only, which costs requests
   * nothing otherwise; so the first bad sign counts as if a head had come with it. Pulses alone could
   * be wrong, as they ask for a path and over a connection that nobody else uses: while the way that
   * requests take was found open a moment ago, nobody is taken to be down for them.
   *
   * A kube-apiserver that has just started listens before it knows anybody's rights, and refuses what
   * it grants a second later. So where it used to say that it is ready, it is back when it says so
   * again, or when it has answered otherwise for long enough. That it is alive says nothing then: the
   * proxy's own credential need not be allowed that question, and its answer looks the same anyway.
   */
  static final int MISSES = 3;
  static final long QUIET_NANOS = Duration.ofSeconds(2).toNanos();
  static final long WAY_NANOS = Duration.ofSeconds(4).toNanos();
  static final long STARTING_NANOS = Duration.ofSeconds(10).toNanos();

  private volatile boolean doubted;
  private volatile boolean deserted;
  private volatile boolean down;
  private volatile long quietSince;
  private int missed;
  private boolean wayOpen;
  private long wayOpenAt;
  private boolean usuallyReady;
  private boolean starting;
  private long startingSince;

  /**
   * A pulse was answered, whatever it says.
   *
   * @return whether it was down until now, and is not any more
   */
  boolean answered() {
    return !(usuallyReady && isClosed()) && trust();
  }

  /**
   * It was asked whether it is ready to serve.
   *
   * @return whether it was down until now, and is not any more
   */
  boolean answeredWhetherReady(boolean ready, long now) {
    if (isStarting(ready, now)) {
      return false;
    }
    usuallyReady = ready;
    return trust();
  }

  /** Whether it was down until now. */
  private boolean trust() {
    boolean wasDown = down;
    starting = false;
    missed = 0;
    down = false;
    deserted = false;
    doubted = false;
    return wasDown;
  }

  private boolean isStarting(boolean ready, long now) {
    if (ready || !usuallyReady || !isClosed()) {
      return false;
    }
    if (!starting) {
      starting = true;
      startingSince = now;
    }
    return now - startingSince < STARTING_NANOS;
  }

  /**
   * A pulse was not answered.
   *
   * @return whether it is down from now on, and was not before
   */
  boolean missed(long now) {
    doubt(now);
    missed = Math.min(MISSES, missed + 1);
    boolean way = wayOpen && now - wayOpenAt < WAY_NANOS;
    if (down || missed < MISSES || now - quietSince < QUIET_NANOS || way) {
      return false;
    }
    down = true;
    return true;
  }

  /** An exchange found nobody. */
  void foundNobody(long now) {
    doubt(now);
    wayOpen = false;
    deserted = true;
  }

  /** Whether the way that requests take is open, as was just tried. */
  void way(boolean open, long now) {
    wayOpen = open;
    wayOpenAt = now;
  }

  private void doubt(long now) {
    if (!doubted) {
      quietSince = now;
      doubted = true;
    }
  }

  /** Whether a head is worth telling of. */
  boolean listens() {
    return doubted && !down;
  }

  /**
   * A response head came; of no account once it is down.
   *
   * @return whether the door was closed until now
   */
  boolean head(long now) {
    if (!listens()) {
      return false;
    }
    quietSince = now;
    boolean wasClosed = deserted;
    deserted = false;
    return wasClosed;
  }

  boolean isDown() {
    return down;
  }

  /** Whether nothing is to be sent until something is heard. */
  boolean isClosed() {
    return down || deserted;
  }

  /** Whether there was a bad sign since a pulse was answered last. */
  boolean isDoubted() {
    return doubted;
  }

  /** Since when nothing was heard; 0 if there is no doubt. */
  long quietNanos(long now) {
    return doubted ? Math.max(0, now - quietSince) : 0;
  }
}
