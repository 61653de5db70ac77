package io.apfproxy.budget;

/** Why the number of seats changed. Source: specification limits.md L-55. */
public enum SeatChange {
  /** Somebody waited, and the upstream had nothing to do. */
  GROW("grow"),
  /** The upstream let a tiny request wait. */
  CUT("cut"),
  /** A look at the upstream without our load. */
  DIP("dip"),
  /** The way has become longer: that was no load. */
  REBASE("rebase"),
  /** The upstream was away. */
  RECOVERY("recovery"),
  /** The upstream's own queues were full. */
  INNER_429("inner-429"),
  /** Some level lets pass whom it would hold back: there is nothing to go by. */
  SHADOW("shadow");

  private final String label;

  SeatChange(String label) {
    this.label = label;
  }

  /** Value of the label {@code why}. */
  public String label() {
    return label;
  }
}
