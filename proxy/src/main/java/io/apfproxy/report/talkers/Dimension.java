package io.apfproxy.report.talkers;

import java.util.Optional;
import java.util.stream.Stream;

/** By what talkers are told apart. Source: specification seeing.md V-11. */
public enum Dimension {
  /** Who asks, as flow control sees it: after impersonation. */
  USER("user"),
  /** The program, with all that it says of itself. */
  AGENT("agent"),
  NAMESPACE("namespace"),
  /** Verb and resource, or method and first segment of the path. */
  WHAT("what"),
  /** Of the client's socket: one of IPv4, or 64 bits of IPv6. */
  ADDRESS("address"),
  /** Priority level, schema and flow distinguisher. */
  FLOW("flow");

  private final String label;

  Dimension(String label) {
    this.label = label;
  }

  /** As users write it. */
  public String label() {
    return label;
  }

  static Optional<Dimension> of(String label) {
    return Stream.of(values()).filter(each -> each.label.equals(label)).findFirst();
  }
}
