package io.apfproxy.gate;

import io.apfproxy.request.RefusedException;

/**
 * Something that requests must pass besides their priority level, such as a limit of places.
 * Thread-safe. Source: specification limits.md L-02.
 *
 * <p>A gate need keep nothing of a request: the same {@link Asked} comes back when it is to undo
 * what it did. After an {@link #enter} that returned, exactly one of {@link #refund} and {@link
 * #leave} is called, once; {@link GateChain} sees to that.
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
   * @return nanoseconds that it has to wait until it goes on; 0 for none
   * @throws RefusedException it may not pass; says when to come back. Nothing is taken then, nor
   *     when anything else is thrown
   */
  long enter(Asked asked, long now) throws RefusedException;

  /** It was refused further on, in the same step, before it waited anywhere. */
  default void refund(Asked asked) {
    leave(asked);
  }

  /** It was served, waited in vain, went away: anything else. */
  void leave(Asked asked);
}
