package io.apfproxy.gate;

import io.apfproxy.request.RefusedException;

/**
 * Something that requests must pass besides their priority level, such as a limit of places.
 * Thread-safe. Source: specification limits.md L-02.
 *
 * <p>A gate need keep nothing of a request: the same {@link Asked} comes back when it is to undo
 * what it did. Once it has entered, exactly one of {@link #refund} and {@link #leave} is called,
 * once; {@link GateChain} sees to that.
 */
public interface Gate {
  /**
   * Whether this request has to pass here at all; if not, it is asked nothing else. Most requests
   * pass most gates so: costs little and allocates nothing.
   */
  boolean concerns(Asked asked);

  /**
   * Lets a request pass. One that would have to wait beyond {@link Asked#waitsUntil} is refused at
   * once.
   *
   * @param now of {@link io.apfproxy.time.TimeSource#nanoTime}, the same for all gates that are
   *     asked at a time
   * @return 0 if it goes on; else nanoseconds that it would have to wait: it has not entered then,
   *     and nothing is taken. If there is room to wait, it comes again by {@link #enterWaiting}
   * @throws RefusedException it may not pass; says when to come back. Nothing is taken then, nor
   *     when anything else is thrown
   */
  long enter(Asked asked, long now) throws RefusedException;

  /**
   * Lets a request enter for which there is room to wait.
   *
   * @param now as of {@link #enter}
   * @return nanoseconds that it has to wait until it goes on; 0 for none
   * @throws RefusedException as by {@link #enter}
   */
  default long enterWaiting(Asked asked, long now) throws RefusedException {
    return enter(asked, now);
  }

  /** It was refused further on, in the same step, before it waited anywhere. */
  default void refund(Asked asked) {
    leave(asked);
  }

  /** It was served, waited in vain, went away: anything else. */
  void leave(Asked asked);
}
