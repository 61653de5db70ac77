package io.apfproxy.replay.audit;

/** What is no event of an audit log, and why. Without stack trace: there may be many. */
final class BadLine extends Exception {
  private static final long serialVersionUID = 1L;

  BadLine(String message) {
    super(message, null, false, false);
  }

  static BadLine of(String field, String found, String expected) {
    String shown = found.length() > 60 ? found.substring(0, 60) + "…" : found;
    return new BadLine(field + ": found " + shown + ", expected " + expected);
  }
}
