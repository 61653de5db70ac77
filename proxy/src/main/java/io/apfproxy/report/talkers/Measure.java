package io.apfproxy.report.talkers;

import java.util.Optional;
import java.util.stream.Stream;

/** What is summed up of a talker. Source: specification seeing.md V-10. */
public enum Measure {
  /** Requests whose head was read. */
  REQUESTS("requests", "requests", 1),
  /** Those that the proxy refused. */
  REFUSED("refused", "refused", 1),
  /** From a request's arrival to its seats or its refusal. In nanoseconds, shown as seconds. */
  WAIT("wait", "waitSeconds", 1e9),
  /** Seats times how long they were held. In seat-nanoseconds, shown as seat-seconds. */
  SEAT_SECONDS("seat-seconds", "seatSeconds", 1e9),
  /** Of the bodies of request and response, through tunnels both ways. */
  BYTES("bytes", "bytes", 1),
  /** As {@link #WAIT}, of requests that are not held to their level's decision. */
  WOULD_WAIT("would-wait", "wouldWaitSeconds", 1e9),
  /** Of those, how many it would have refused. */
  WOULD_REFUSE("would-refuse", "wouldRefuse", 1);

  private final String label;
  private final String field;
  private final double unit;

  Measure(String label, String field, double unit) {
    this.label = label;
    this.field = field;
    this.unit = unit;
  }

  /** As users write it. */
  public String label() {
    return label;
  }

  /** Its name in JSON. */
  public String field() {
    return field;
  }

  /** As it is shown. */
  double shown(long counted) {
    return counted / unit;
  }

  static Optional<Measure> of(String label) {
    return Stream.of(values()).filter(each -> each.label.equals(label)).findFirst();
  }
}
