package io.apfproxy.authn.who;

import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds {@code system:authenticated} to whom kube-apiserver adds it. Source: kube-apiserver,
 * authentication/group.
 */
public final class AuthenticatedGroup {
  private AuthenticatedGroup() {}

  public static UserInfo addTo(UserInfo user) {
    if (user.name().equals(UserInfo.ANONYMOUS.name())
        || user.groups().contains(UserInfo.AUTHENTICATED)
        || user.groups().contains(UserInfo.UNAUTHENTICATED)) {
      return user;
    }
    List<String> groups = new ArrayList<>(user.groups());
    groups.add(UserInfo.AUTHENTICATED);
    return new UserInfo(user.name(), user.uid(), groups, user.extra());
  }
}
