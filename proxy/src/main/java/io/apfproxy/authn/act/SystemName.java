package io.apfproxy.authn.act;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a user says it is. Source: kube-apiserver, which names nodes and service
 * accounts so.
 *
 * @param namespace of a service account, else empty
 * @param name of the node or service account, else the user's whole name
 */
record SystemName(Kind kind, String namespace, String name) {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_SUBDOMAIN = 253;
  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
  private static final String SUBDOMAIN = LABEL + "(?:\\." + LABEL + ")*";
  private static final Pattern ALONE = Pattern.compile(SUBDOMAIN);
  private static final Pattern ACCOUNT =
      Pattern.compile("system:serviceaccount:(" + LABEL + "):(" + SUBDOMAIN + ")");
  private static final String NODE = "system:node:";
  private static final int LONGEST =
      "system:serviceaccount::".length() + LONGEST_LABEL + LONGEST_SUBDOMAIN;

  enum Kind {
    /** {@code system:node:NAME}. */
    NODE,
    /** {@code system:serviceaccount:NAMESPACE:NAME}. */
    SERVICE_ACCOUNT,
    /** Anybody else; also who is named alike, but not as any node or service account can be. */
    OTHER
  }

  static SystemName of(String user) {
    if (user.startsWith("system:") && user.length() <= LONGEST) {
      if (user.startsWith(NODE) && isSubdomain(user.substring(NODE.length()))) {
        return new SystemName(Kind.NODE, "", user.substring(NODE.length()));
      }
      Matcher account = ACCOUNT.matcher(user);
      if (account.matches()
          && account.group(1).length() <= LONGEST_LABEL
          && account.group(2).length() <= LONGEST_SUBDOMAIN) {
        return new SystemName(Kind.SERVICE_ACCOUNT, account.group(1), account.group(2));
      }
    }
    return new SystemName(Kind.OTHER, "", user);
  }

  /** Whether this is a subdomain of RFC 1123 that Kubernetes takes for a name. */
  static boolean isSubdomain(String text) {
    return text.length() <= LONGEST_SUBDOMAIN && ALONE.matcher(text).matches();
  }
}
