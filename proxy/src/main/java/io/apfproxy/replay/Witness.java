package io.apfproxy.replay;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.request.RequestDigest;

/** Is told what became of each request that is counted, on the thread of its server. */
public interface Witness {
  /** Of the instant at which seats were held, of what never held any. */
  long NEVER = -1;

  /** Looks away. */
  Witness NONE = (where, digest, fate) -> {};

  /**
   * When, in nanoseconds of the run.
   *
   * @param came for the first time
   * @param began to be served, or {@link #NEVER} if it was refused for good
   * @param ended being served, or was refused
   * @param seats that it held
   */
  record Fate(long came, long began, long ended, int seats) {
    /** How long it waited: until it was served, or refused. */
    public long waited() {
      return (began == NEVER ? ended : began) - came;
    }
  }

  /** It has ended. Instants at which requests end only grow. */
  void ended(Classification where, RequestDigest digest, Fate fate);
}
