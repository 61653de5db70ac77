package io.apfproxy.real;

/** Of a text that grows while it is read, which may end in a part of a line. */
final class WholeLines {
  private WholeLines() {}

  /** All but that part. */
  static String of(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1);
  }
}
