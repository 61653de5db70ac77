package io.apfproxy.authn.tell;

import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.tell.Identity.Assertion;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.util.Map;

/**
 * The last look at what the upstream will be told: who is vouched for is the right one and named
 * once; no header of another mode is there. Source: specification security.md 3.1 step 9.
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
    Assertion told = identity.assertion();
    int tokens = count(told, AUTHORIZATION);
    boolean good =
        switch (identity.mode()) {
          case PASS_THROUGH ->
              told.user() == null
                  && tokens == (told.anonymous() ? 0 : 1)
                  && told.others().stream().allMatch(line -> isOfClient(line.getKey()));
          case REQUEST_HEADER -> vouchesFor(told, identity.authenticated(), false) && tokens == 0;
          case IMPERSONATION ->
              vouchesFor(told, identity.effective(), true)
                  && told.others().stream().allMatch(line -> line.getKey().startsWith(IMPERSONATE));
        };
    if (!good) {
      throw new RefusedException(
          500, "InternalError", "identity-assertion", "the request could not be attributed");
    }
    return identity;
  }

  private static boolean isOfClient(String name) {
    return name.equals(AUTHORIZATION) || name.startsWith(IMPERSONATE);
  }

  private static boolean vouchesFor(Assertion told, UserInfo user, boolean impersonating) {
    Map.Entry<String, String> line = told.user();
    return line != null
        && (impersonating
            ? line.getKey().equals(IMPERSONATE_USER)
            : !line.getKey().startsWith(IMPERSONATE))
        && !line.getValue().isEmpty()
        && line.getValue().equals(FieldSyntax.latin1(user.name()))
        && count(told, line.getKey()) == 0;
  }

  private static int count(Assertion told, String name) {
    int count = 0;
    for (Map.Entry<String, String> line : told.others()) {
      count += line.getKey().equalsIgnoreCase(name) ? 1 : 0;
    }
    return count;
  }
}
