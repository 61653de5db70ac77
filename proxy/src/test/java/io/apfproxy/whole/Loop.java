package io.apfproxy.whole;

/** Requests that go on until they are told to stop. */
interface Loop {
  /**
   * Starts.
   *
   * @param told what becomes of each request
   */
  void start(LatencyBins told);

  /** Sends nothing more; what is in flight ends as it may. */
  void stop();
}
