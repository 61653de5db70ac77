package io.apfproxy.authn.act;

import io.apfproxy.request.NameSyntax;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the extra of a user must be like where impersonation is constrained. Source: kube-apiserver
 * 1.36 and newer, impersonation filter.
 */
final class ExtraRule {
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");

  private ExtraRule() {}

  /** What is wrong; empty if nothing is. */
  static String violation(String key, List<String> values) {
    if (key.isEmpty()) {
      return "impersonating the empty string key in extra is not allowed";
    }
    if (!isDomainPrefixedPath(key)) {
      return "impersonating an invalid key in extra is not allowed: \""
          + key
          + "\" must be a domain-prefixed path (such as \"acme.io/foo\")";
    }
    if (!key.equals(key.toLowerCase(Locale.ROOT))) {
      return "impersonating a non-lowercase key in extra is not allowed: \"" + key + "\"";
    }
    return values.isEmpty() || values.contains("")
        ? "impersonating the empty string value in extra is not allowed"
        : "";
  }

  private static boolean isDomainPrefixedPath(String key) {
    int slash = key.indexOf('/');
    return slash > 0
        && NameSyntax.isDnsSubdomain(key.substring(0, slash))
        && PATH.matcher(key.substring(slash + 1)).matches();
  }
}
