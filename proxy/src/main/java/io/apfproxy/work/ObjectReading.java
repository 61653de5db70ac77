package io.apfproxy.work;

/**
 * What is known of one resource's objects.
 *
 * @param count objects in the whole cluster
 * @param averageSize bytes of one as stored, 0 or less if unknown
 */
public record ObjectReading(State state, long count, long averageSize) {
  /** How far a reading can be trusted. */
  public enum State {
    /** Nothing is known: the request counts as narrow. */
    NOT_TRACKED,
    /** Was known, too long ago: the request counts as wide. */
    STALE,
    FRESH
  }

  public static final ObjectReading NOT_TRACKED = new ObjectReading(State.NOT_TRACKED, 0, 0);
  public static final ObjectReading STALE = new ObjectReading(State.STALE, 0, 0);
}
