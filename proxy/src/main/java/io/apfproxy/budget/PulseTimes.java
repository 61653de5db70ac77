package io.apfproxy.budget;

/** Who wants to know how long pulses take. Called on the pulses' event loop: must not block. */
public interface PulseTimes {
  /** Whether they are to come ten times a second, as there is something to be seen. */
  boolean wantsMany();

  /**
   * One took so long from its being written to the head of its answer.
   *
   * @param nanos the longest that is waited for if there was no answer
   */
  void took(long nanos);

  /** The proxy itself stood still: what it measured says nothing of the upstream. */
  void ownDelay();
}
