package io.apfproxy.flowcontrol;

import io.apfproxy.request.RequestDigest;

/**
 * Decides when a request may go upstream. Thread-safe; never blocks but for a level's lock, held
 * for about a microsecond.
 */
public interface FlowControl {
  /**
   * Asks for seats. The listener is told exactly once: before this returns if the decision is
   * immediate, else later on any thread.
   *
   * <p>Long-running requests other than watches must not be given here: they bypass flow control.
   */
  Admission admit(RequestDigest digest, AdmissionListener listener);
}
