package io.apfproxy.limit;

/**
 * What one request goes by at all gates of limits: those that were in force when it came to the
 * first; and, where some of them are in shadow, how far it would have come if they were enforced.
 * One for all requests where none is.
 */
final class Course {
  private final LimitTable table;
  private boolean refused;
  private boolean delayed;

  Course(LimitTable table) {
    this.table = table;
  }

  LimitTable table() {
    return table;
  }

  /** Whether it would have been refused: what stands behind would not have seen it. */
  boolean isRefused() {
    return refused;
  }

  void refuse() {
    refused = true;
  }

  /** Whether it would have waited, so that nothing is given back to it any more. */
  boolean isDelayed() {
    return delayed;
  }

  void delay() {
    delayed = true;
  }
}
