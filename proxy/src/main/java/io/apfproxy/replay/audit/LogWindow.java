package io.apfproxy.replay.audit;

/**
 * Which events of a log count.
 *
 * @param from microseconds since 1970; what came before does not
 * @param until what came from then on does not
 * @param loopback whether what kube-apiserver asks itself does, which passes no proxy
 */
public record LogWindow(long from, long until, boolean loopback) {
  /** All, as a proxy would see it. */
  public static final LogWindow ALL = new LogWindow(Long.MIN_VALUE, Long.MAX_VALUE, false);

  boolean holds(long micros) {
    return micros >= from && micros < until;
  }
}
