package io.apfproxy.request;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a label selector parses, which is all that request info asks of it. Source:
 * reference, apimachinery pkg/labels/selector.go.
 */
public final class LabelSelector {
  private static final String SPECIAL = "=!(),><";

  private final String text;
  private int position;
  private @Nullable String current;

  private LabelSelector(String text) {
    this.text = text;
  }

  /** Whether the API server accepts the selector; the empty one is valid. */
  public static boolean isValid(String selector) {
    return selector.isEmpty() || new LabelSelector(selector).parses();
  }

  private boolean parses() {
    next();
    if (current == null) {
      return true;
    }
    while (requirement()) {
      if (current == null) {
        return true;
      }
      if (!accept(",")) {
        return false;
      }
    }
    return false;
  }

  private boolean requirement() {
    boolean negated = accept("!");
    String key = identifier();
    if (key == null || !NameSyntax.isQualifiedName(key)) {
      return false;
    }
    if (current == null || current.equals(",")) {
      return true;
    }
    if (negated) {
      return false;
    }
    if (accept("in") || accept("notin")) {
      return accept("(") && values() && accept(")");
    }
    boolean ordered = accept(">") || accept("<");
    if (!ordered && !accept("=") && !accept("==") && !accept("!=")) {
      return false;
    }
    if (current == null || current.equals(",")) {
      return !ordered; // an empty value is a label value, but no number
    }
    String value = identifier();
    return value != null
        && NameSyntax.isLabelValue(value)
        && (!ordered || ListOptions.isInt64(value));
  }

  /** The list between the parentheses; empty values are allowed, as in {@code (a,,b)}. */
  private boolean values() {
    while (current != null && !current.equals(")")) {
      if (accept(",")) {
        // as in the reference: (,) is a list of empty values, (,,) is an error
        if (accept(",") && ")".equals(current)) {
          return false;
        }
        continue;
      }
      String value = identifier();
      if (value == null || !NameSyntax.isLabelValue(value)) {
        return false;
      }
      if (current == null || !(current.equals(",") || current.equals(")"))) {
        return false;
      }
    }
    return current != null;
  }

  private boolean accept(String token) {
    if (!token.equals(current)) {
      return false;
    }
    next();
    return true;
  }

  /** Consumes a word; {@code in} and {@code notin} are words where a key or value may stand. */
  private @Nullable String identifier() {
    String word = current;
    if (word == null || SPECIAL.indexOf(word.charAt(0)) >= 0) {
      return null;
    }
    next();
    return word;
  }

  private void next() {
    while (position < text.length() && isSpace(text.charAt(position))) {
      position++;
    }
    int start = position;
    if (start == text.length() || text.charAt(start) == 0) {
      current = null; // the reference's lexer takes a NUL for the end
      return;
    }
    if (SPECIAL.indexOf(text.charAt(start)) >= 0) {
      boolean pair = text.startsWith("==", start) || text.startsWith("!=", start);
      position += pair ? 2 : 1;
    } else {
      while (position < text.length()
          && SPECIAL.indexOf(text.charAt(position)) < 0
          && text.charAt(position) != 0
          && !isSpace(text.charAt(position))) {
        position++;
      }
    }
    current = text.substring(start, position);
    if (position < text.length() && text.charAt(position) == 0) {
      position++; // and swallows one that ends a token
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }
}
