package io.apfproxy.request;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is asking, as kube-apiserver's {@code user.Info}. Immutable.
 *
 * @param name user name; empty only for requests nobody could authenticate
 * @param uid empty if unknown
 * @param groups in the order given by the authenticator; {@code system:authenticated} or {@code
 *     system:unauthenticated} included
 * @param extra keys as kube-apiserver sees them (lower case), values in order
 */
public record UserInfo(
    String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String MASTERS = "system:masters";
  public static final String AUTHENTICATED = "system:authenticated";
  public static final String UNAUTHENTICATED = "system:unauthenticated";
  public static final UserInfo ANONYMOUS = of("system:anonymous", UNAUTHENTICATED);

  public UserInfo {
    groups = List.copyOf(groups);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    extra.forEach((key, values) -> copy.put(key, List.copyOf(values)));
    extra = java.util.Collections.unmodifiableMap(copy);
  }

  /** A user without uid and extra. */
  public static UserInfo of(String name, String... groups) {
    return new UserInfo(name, "", List.of(groups), Map.of());
  }
}
