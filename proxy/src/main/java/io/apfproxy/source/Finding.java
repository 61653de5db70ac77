package io.apfproxy.source;

/**
 * Something wrong in a file.
 *
 * @param line counted from 1
 * @param field empty if it is about the whole object or file
 */
public record Finding(String file, int line, String field, String message) {
  /** {@code file:line: field: message}. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + (field.isEmpty() ? "" : field + ": ") + message;
  }
}
