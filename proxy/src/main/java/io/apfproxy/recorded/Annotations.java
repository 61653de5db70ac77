package io.apfproxy.recorded;

/**
 * Names of what a recording says of a request besides what every audit log says. Source:
 * specification seeing.md V-56, but for {@link #HELD} and {@link #RECEIVED_NANOS}.
 */
public final class Annotations {
  /** Of all of them. */
  public static final String PREFIX = "apf-proxy.io/";

  /** Name of the FlowSchema. */
  public static final String SCHEMA = PREFIX + "schema";

  /** Name of the level. */
  public static final String LEVEL = PREFIX + "level";

  /** Flow distinguisher; absent if all requests of the schema are one flow. */
  public static final String FLOW = PREFIX + "flow";

  /**
   * Nanoseconds beyond the microsecond that stands in {@code requestReceivedTimestamp}, below 1000:
   * which of two was decided first may hang on them. Absent if 0.
   */
  public static final String RECEIVED_NANOS = PREFIX + "received-nanos";

  /** Width: most seats at a time. */
  public static final String SEATS = PREFIX + "seats";

  /** How long it waited for its seats, was refused or left; a duration as Go writes it. */
  public static final String WAIT = PREFIX + "wait";

  /** How long its exchange needed its seats, a duration; absent if it got none. */
  public static final String HELD = PREFIX + "held";

  /** Bytes of the bodies both ways. */
  public static final String BYTES = PREFIX + "bytes";

  /** Rule by which the proxy refused it. */
  public static final String REFUSED = PREFIX + "refused";

  /** Number and mean size of the objects its width was made from, such as {@code 5000/2048}. */
  public static final String OBJECTS = PREFIX + "objects";

  /** Watches that heard of a write. */
  public static final String WATCHERS = PREFIX + "watchers";

  /** Bytes that answers to such a list had. */
  public static final String LEARNED_BYTES = PREFIX + "learned-bytes";

  private Annotations() {}
}
