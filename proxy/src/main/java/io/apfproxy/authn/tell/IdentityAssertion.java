package io.apfproxy.authn.tell;

import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.util.List;
import java.util.Map;

/**
 * The last look at what the upstream will be told: the mode's user header comes first, is there
 * once, and names the user; no header of another mode is there. Source: specification security.md
 * 3.1 step 9.
 */
public final class IdentityAssertion {
  private static final String IMPERSONATE = "Impersonate-";
  private static final String IMPERSONATE_USER = IMPERSONATE + "User";
  private static final String AUTHORIZATION = "Authorization";

  private IdentityAssertion() {}

  /**
   * @throws RefusedException 500 if it is not so, which is a defect of ours
   */
  public static Identity check(Identity identity) throws RefusedException {
    List<Map.Entry<String, String>> lines = identity.assertion().lines();
    boolean good =
        switch (identity.mode()) {
          case PASS_THROUGH -> lines.stream().allMatch(line -> isOfClient(line.getKey()));
          case REQUEST_HEADER ->
              names(lines, identity.authenticated())
                  && !lines.get(0).getKey().startsWith(IMPERSONATE)
                  && lines.stream().noneMatch(line -> line.getKey().equals(AUTHORIZATION));
          case IMPERSONATION ->
              names(lines, identity.effective())
                  && lines.get(0).getKey().equals(IMPERSONATE_USER)
                  && lines.stream().allMatch(line -> line.getKey().startsWith(IMPERSONATE));
        };
    if (!good || (identity.mode() == Mode.PASS_THROUGH && count(lines, AUTHORIZATION) > 1)) {
      throw new RefusedException(
          500, "InternalError", "identity-assertion", "the request could not be attributed");
    }
    return identity;
  }

  private static boolean isOfClient(String name) {
    return name.equals(AUTHORIZATION) || name.startsWith(IMPERSONATE);
  }

  private static boolean names(List<Map.Entry<String, String>> lines, UserInfo user) {
    return !lines.isEmpty()
        && !lines.get(0).getValue().isEmpty()
        && lines.get(0).getValue().equals(FieldSyntax.latin1(user.name()))
        && count(lines, lines.get(0).getKey()) == 1;
  }

  private static long count(List<Map.Entry<String, String>> lines, String name) {
    return lines.stream().filter(line -> line.getKey().equalsIgnoreCase(name)).count();
  }
}
