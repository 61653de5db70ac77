package io.apfproxy.authn.act;

import io.apfproxy.request.NameSyntax;

/**
 * What the name of a user says it is. Source: kube-apiserver, which names nodes and service
 * accounts so.
 *
 * @param namespace of a service account, else empty
 * @param name of the node or service account, else the user's whole name
 */
record SystemName(Kind kind, String namespace, String name) {
  private static final String ACCOUNT = "system:serviceaccount:";
  private static final String NODE = "system:node:";

  enum Kind {
    /** {@code system:node:NAME}. */
    NODE,
    /** {@code system:serviceaccount:NAMESPACE:NAME}. */
    SERVICE_ACCOUNT,
    /** Anybody else; also who is named alike, but not as any node or service account can be. */
    OTHER
  }

  static SystemName of(String user) {
    if (user.startsWith(NODE)) {
      String name = user.substring(NODE.length());
      if (NameSyntax.isDnsSubdomain(name)) {
        return new SystemName(Kind.NODE, "", name);
      }
    } else if (user.startsWith(ACCOUNT)) {
      String[] parts = user.substring(ACCOUNT.length()).split(":", 2);
      if (parts.length == 2
          && NameSyntax.isDnsLabel(parts[0])
          && NameSyntax.isDnsSubdomain(parts[1])) {
        return new SystemName(Kind.SERVICE_ACCOUNT, parts[0], parts[1]);
      }
    }
    return new SystemName(Kind.OTHER, "", user);
  }
}
