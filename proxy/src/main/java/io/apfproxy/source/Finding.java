package io.apfproxy.source;

import io.apfproxy.report.ShownText;

/**
 * Something wrong in a file.
 *
 * @param line counted from 1
 * @param field empty if it is about the whole object or file
 */
public record Finding(String file, int line, String field, String message) {
  /** {@code file:line: field: message}; what controls a terminal, or ends a line, is escaped. */
  @Override
  public String toString() {
    return shown(file)
        + ":"
        + line
        + ": "
        + (field.isEmpty() ? "" : shown(field) + ": ")
        + shown(message);
  }

  private static String shown(String text) {
    return ShownText.of(text, Integer.MAX_VALUE);
  }
}
