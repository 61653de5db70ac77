package io.apfproxy.request;

/**
 * Syntax of names in Kubernetes. Source: reference, apimachinery pkg/util/validation and
 * pkg/api/validation/path. Thread-safe; linear, no regular expressions.
 */
public final class NameSyntax {
  public static final int MAX_LABEL = 63;
  public static final int MAX_SUBDOMAIN = 253;

  private NameSyntax() {}

  /** DNS-1123 label: {@code a-z 0-9 -}, alphanumeric at both ends, 1 to 63 characters. */
  public static boolean isDnsLabel(String name) {
    return name.length() <= MAX_LABEL && hasFormOfDnsLabel(name);
  }

  /** The same at any length. */
  public static boolean hasFormOfDnsLabel(String name) {
    return isDnsPart(name, 0, name.length());
  }

  /** DNS-1123 subdomain: labels of any length joined by dots, at most 253 characters. */
  public static boolean isDnsSubdomain(String name) {
    return name.length() <= MAX_SUBDOMAIN && hasFormOfDnsSubdomain(name);
  }

  /** The same at any length. */
  public static boolean hasFormOfDnsSubdomain(String name) {
    int from = 0;
    while (true) {
      int dot = name.indexOf('.', from);
      if (!isDnsPart(name, from, dot < 0 ? name.length() : dot)) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      from = dot + 1;
    }
  }

  /** Key of a label or annotation: {@code name} or {@code subdomain/name}. */
  public static boolean isQualifiedName(String name) {
    int slash = name.indexOf('/');
    if (slash >= 0 && !isDnsSubdomain(name.substring(0, slash))) {
      return false;
    }
    String local = name.substring(slash + 1);
    return !local.isEmpty() && isLabelValue(local);
  }

  /** Value of a label: empty, or letters, digits, {@code - _ .}, alphanumeric at both ends. */
  public static boolean isLabelValue(String value) {
    return value.length() <= MAX_LABEL && hasFormOfLabelValue(value);
  }

  /** The same at any length. */
  public static boolean hasFormOfLabelValue(String value) {
    if (value.isEmpty()) {
      return true;
    }
    int last = value.length() - 1;
    if (!isAlphanumeric(value.charAt(0)) || !isAlphanumeric(value.charAt(last))) {
      return false;
    }
    for (int i = 1; i < last; i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }

  /** Whether it may stand in a path as one segment; the empty string may. */
  public static boolean isPathSegment(String name) {
    return !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('%') < 0;
  }

  private static boolean isDnsPart(String text, int from, int end) {
    if (from >= end || text.charAt(from) == '-' || text.charAt(end - 1) == '-') {
      return false;
    }
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
