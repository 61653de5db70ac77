package io.apfproxy.report.talkers;

import java.util.Optional;
import java.util.stream.Stream;

/** How far back an answer looks. Source: specification seeing.md V-12. */
public enum Window {
  TEN_SECONDS("10s"),
  /** 60 to 68 seconds. */
  MINUTE("1m"),
  /** 600 to 668 seconds. */
  TEN_MINUTES("10m");

  private final String label;

  Window(String label) {
    this.label = label;
  }

  /** As users write it. */
  public String label() {
    return label;
  }

  static Optional<Window> of(String label) {
    return Stream.of(values()).filter(each -> each.label.equals(label)).findFirst();
  }
}
