package io.apfproxy.config;

/**
 * One violated rule.
 *
 * @param field path as kube-apiserver writes it, such as {@code spec.rules[0].subjects}
 * @param detail what was found and what was expected
 */
public record FieldError(Type type, String field, String detail) {
  /** Kinds of violation, as {@code reason} of a cause in a Status. */
  public enum Type {
    REQUIRED("FieldValueRequired"),
    INVALID("FieldValueInvalid"),
    NOT_SUPPORTED("FieldValueNotSupported"),
    FORBIDDEN("FieldValueForbidden"),
    DUPLICATE("FieldValueDuplicate"),
    TOO_LONG("FieldValueTooLong");

    private final String reason;

    Type(String reason) {
      this.reason = reason;
    }

    /** As kube-apiserver spells it. */
    public String reason() {
      return reason;
    }
  }

  @Override
  public String toString() {
    return field + ": " + detail;
  }
}
