package io.apfproxy.authn.act;

import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.request.UserInfo;
import java.util.List;

/**
 * A way in which a user may act as another. All but the last are constrained: they let it do so for
 * some requests only. Source: kube-apiserver 1.36 and newer, impersonation filter (KEP-5284).
 */
enum ImpersonationMode {
  /** A service account acts as the node that its pod runs on. */
  ASSOCIATED_NODE("associated-node"),
  ARBITRARY_NODE("arbitrary-node"),
  SERVICE_ACCOUNT("serviceaccount"),
  /** As anybody who is neither a node nor a service account, with groups, uid and extra. */
  USER_INFO("user-info"),
  /** For every request; the only one that older servers have. */
  LEGACY("");

  /** In the order in which they are tried. */
  static final List<ImpersonationMode> ALL = List.of(values());

  private static final String NODE_OF_TOKEN = "authentication.kubernetes.io/node-name";

  private final String word;

  ImpersonationMode(String word) {
    this.word = word;
  }

  boolean isConstrained() {
    return this != LEGACY;
  }

  /** The right to act as somebody at all. */
  String verb() {
    return isConstrained() ? "impersonate:" + word : "impersonate";
  }

  /** The right to do something as somebody else; for constrained modes only. */
  String verbOn(String verb) {
    return "impersonate-on:" + word + ":" + verb;
  }

  /** Whether this is a way for this requester to become whom it wishes to be. */
  boolean suits(UserInfo requester, Impersonation wish) {
    SystemName.Kind wanted = SystemName.of(wish.user()).kind();
    boolean onlyName = wish.uid().isEmpty() && wish.groups().isEmpty() && wish.extra().isEmpty();
    return switch (this) {
      case ASSOCIATED_NODE ->
          onlyName && wanted == SystemName.Kind.NODE && runsOn(requester, wish.user());
      case ARBITRARY_NODE -> onlyName && wanted == SystemName.Kind.NODE;
      case SERVICE_ACCOUNT -> onlyName && wanted == SystemName.Kind.SERVICE_ACCOUNT;
      case USER_INFO -> wanted == SystemName.Kind.OTHER;
      case LEGACY -> true;
    };
  }

  private static boolean runsOn(UserInfo requester, String node) {
    return SystemName.of(requester.name()).kind() == SystemName.Kind.SERVICE_ACCOUNT
        && List.of(SystemName.of(node).name()).equals(requester.extra().get(NODE_OF_TOKEN));
  }
}
