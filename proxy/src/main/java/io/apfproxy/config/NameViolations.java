package io.apfproxy.config;

import io.apfproxy.request.NameSyntax;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules that a name breaks, each of which is an error of its own. Lengths are in bytes. Source:
 * reference, apimachinery pkg/api/validate/content.
 */
final class NameViolations {
  private NameViolations() {}

  /** Of a name of most objects; empty if it is valid. */
  static List<String> ofSubdomain(String name) {
    return violations(
        name,
        NameSyntax.MAX_SUBDOMAIN,
        NameSyntax.hasFormOfDnsSubdomain(name),
        "must be a lower case RFC 1123 subdomain");
  }

  /** Of the name of a namespace; empty if it is valid. */
  static List<String> ofLabel(String name) {
    return violations(
        name,
        NameSyntax.MAX_LABEL,
        NameSyntax.hasFormOfDnsLabel(name),
        "must be a lower case RFC 1123 label");
  }

  /** Of the value of a label; empty if it is valid. */
  static List<String> ofLabelValue(String value) {
    return violations(
        value,
        NameSyntax.MAX_LABEL,
        NameSyntax.hasFormOfLabelValue(value),
        "must be letters, digits, -, _ and ., and begin and end with a letter or digit");
  }

  /** Of the key of a label, annotation or finalizer; empty if it is valid. */
  static List<String> ofQualifiedName(String key) {
    int slash = key.indexOf('/');
    if (slash != key.lastIndexOf('/')) {
      return List.of("must be a name, or a DNS subdomain, / and a name");
    }
    List<String> violations = new ArrayList<>();
    if (slash == 0) {
      violations.add("prefix part must not be empty");
    } else if (slash > 0) {
      ofSubdomain(key.substring(0, slash)).forEach(text -> violations.add("prefix part " + text));
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      // breaks two rules of the reference: it must not be empty, and it has a form
      violations.add("name part must not be empty");
      violations.add("name part must begin and end with a letter or digit");
    }
    ofLabelValue(name).forEach(text -> violations.add("name part " + text));
    return violations;
  }

  private static List<String> violations(String name, int most, boolean formed, String form) {
    List<String> violations = new ArrayList<>(2);
    if (name.getBytes(StandardCharsets.UTF_8).length > most) {
      violations.add("must be at most " + most + " bytes");
    }
    if (!formed) {
      violations.add(form);
    }
    return violations;
  }
}
