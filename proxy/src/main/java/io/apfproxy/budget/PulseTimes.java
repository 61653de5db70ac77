package io.apfproxy.budget;

/** Who wants to know how long pulses take. Called on the pulses' event loop: must not block. */
public interface PulseTimes {
  /** Whether they are to come ten times a second, as there is something to be seen. */
  boolean wantsMany();

  /**
   * One took so long.
   *
   * @param nanos from its being written to the head of its answer; the longest that is waited for
   *     if there was none
   * @param queued nanoseconds that a client's request waited meanwhile for one of the proxy's own
   *     event loops
   */
  void took(long nanos, long queued);

  /** The proxy itself stood still: what it measured says nothing of the upstream. */
  void ownDelay();
}
