package io.apfproxy.server.walk;

/** Where and when everything that concerns one request runs. */
interface RequestLoop {
  /** Runs a step in a turn of its own. From any thread. */
  void run(Runnable step);

  /**
   * Runs a step later.
   *
   * @return withdraws it; harmless when it has run
   */
  Runnable after(long nanos, Runnable step);
}
