package io.apfproxy.config;

import java.util.ArrayList;
import java.util.List;

/** Collects violations in the order of the checks. Not thread-safe. */
final class FieldErrors {
  private final List<FieldError> errors = new ArrayList<>();

  void required(String field, String detail) {
    add(FieldError.Type.REQUIRED, field, detail);
  }

  void invalid(String field, Object value, String expected) {
    add(FieldError.Type.INVALID, field, "is " + quoted(value) + ", " + expected);
  }

  /** One error for each rule that the value breaks. */
  void invalid(String field, String value, List<String> violations) {
    violations.forEach(expected -> invalid(field, value, expected));
  }

  void tooLong(String field, String detail) {
    add(FieldError.Type.TOO_LONG, field, detail);
  }

  /** The spec of a mandatory object differs from the built-in one. */
  void invalidSpec(String name) {
    add(FieldError.Type.INVALID, "spec", "spec of " + name + " must equal the built-in one");
  }

  void notSupported(String field, String value, String supported) {
    add(FieldError.Type.NOT_SUPPORTED, field, "is " + quoted(value) + ", supported: " + supported);
  }

  void forbidden(String field, String detail) {
    add(FieldError.Type.FORBIDDEN, field, detail);
  }

  void duplicate(String field, String value) {
    add(FieldError.Type.DUPLICATE, field, "is " + quoted(value) + " a second time");
  }

  List<FieldError> toList() {
    return List.copyOf(errors);
  }

  private void add(FieldError.Type type, String field, String detail) {
    errors.add(new FieldError(type, field, detail));
  }

  private static String quoted(Object value) {
    return value instanceof String text ? '"' + text + '"' : String.valueOf(value);
  }
}
