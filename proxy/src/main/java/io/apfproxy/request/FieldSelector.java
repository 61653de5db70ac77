package io.apfproxy.request;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a field selector demands of one field. Source: reference, apimachinery
 * pkg/fields/selector.go.
 *
 * @param valid whether it parses
 * @param requiredValue the value the field must have; null if it is free, or if the selector does
 *     not parse
 */
public record FieldSelector(boolean valid, @Nullable String requiredValue) {
  private static final FieldSelector INVALID = new FieldSelector(false, null);

  /**
   * Reads terms {@code field=value}, {@code field==value}, {@code field!=value} joined by commas.
   *
   * @param field the one to look for, such as {@code metadata.name}
   */
  public static FieldSelector parse(String selector, String field) {
    // the reference sorts all terms bytewise and takes the first that fits: the smallest
    byte[] smallest = null;
    String required = null;
    int from = 0;
    while (from <= selector.length()) {
      int end = endOfTerm(selector, from);
      if (end > from) {
        String term = selector.substring(from, end);
        int operator = operatorAt(term);
        if (operator < 0) {
          return INVALID;
        }
        boolean negated = term.charAt(operator) == '!';
        boolean twoChars = negated || term.startsWith("==", operator);
        String value = unescape(term.substring(operator + (twoChars ? 2 : 1)));
        if (value == null) {
          return INVALID;
        }
        if (!negated && operator == field.length() && term.startsWith(field)) {
          byte[] bytes = Utf8Bytes.encode(term);
          if (smallest == null || Arrays.compareUnsigned(bytes, smallest) < 0) {
            smallest = bytes;
            required = value;
          }
        }
      }
      from = end + 1;
    }
    return new FieldSelector(true, required);
  }

  private static int endOfTerm(String selector, int from) {
    for (int i = from; i < selector.length(); i++) {
      char c = selector.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == ',') {
        return i;
      }
    }
    return selector.length();
  }

  private static int operatorAt(String term) {
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (c == '=' || (c == '!' && term.startsWith("=", i + 1))) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable String unescape(String value) {
    StringBuilder text = null;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '=' || c == ',') {
        return null;
      }
      if (c == '\\') {
        if (text == null) {
          text = new StringBuilder(value.length()).append(value, 0, i);
        }
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          return null;
        }
        c = value.charAt(i);
      }
      if (text != null) {
        text.append(c);
      }
    }
    return text == null ? value : text.toString();
  }
}
