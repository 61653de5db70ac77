package io.apfproxy.authn;

import io.apfproxy.authn.AccessReviewer.Question;
import io.apfproxy.authn.Credentials.Impersonation;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom an impersonating client becomes, and what it must be allowed for that. Source:
 * kube-apiserver's impersonation filter.
 *
 * @param user with the groups that kube-apiserver adds
 * @param questions one per name claimed
 */
record ImpersonatedUser(UserInfo user, List<Question> questions) {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern SERVICE_ACCOUNT =
      Pattern.compile(
          "system:serviceaccount:(?<namespace>"
              + LABEL
              + "):(?<name>"
              + LABEL
              + "(\\."
              + LABEL
              + ")*)");
  private static final String AUTHENTICATION = "authentication.k8s.io";

  static ImpersonatedUser of(UserInfo requester, Impersonation wish) {
    List<Question> questions = new ArrayList<>();
    List<String> groups = new ArrayList<>(wish.groups());
    Matcher account = SERVICE_ACCOUNT.matcher(wish.user());
    if (account.matches()) {
      String namespace = account.group("namespace");
      questions.add(
          question(requester, "", "serviceaccounts", "", namespace, account.group("name")));
      if (groups.isEmpty()) {
        groups.add("system:serviceaccounts");
        groups.add("system:serviceaccounts:" + namespace);
      }
    } else {
      questions.add(question(requester, "", "users", "", "", wish.user()));
    }
    for (String group : wish.groups()) {
      questions.add(question(requester, "", "groups", "", "", group));
    }
    wish.extra()
        .forEach(
            (key, values) -> {
              for (String value : values) {
                questions.add(question(requester, AUTHENTICATION, "userextras", key, "", value));
              }
            });
    if (!wish.uid().isEmpty()) {
      questions.add(question(requester, AUTHENTICATION, "uids", "", "", wish.uid()));
    }
    UserInfo user = new UserInfo(wish.user(), wish.uid(), groups, wish.extra());
    return new ImpersonatedUser(withSystemGroup(user), questions);
  }

  /** Source: the same filter; it differs from an authenticator in what it does for anonymous. */
  private static UserInfo withSystemGroup(UserInfo user) {
    if (!user.name().equals(UserInfo.ANONYMOUS.name())) {
      return AuthenticatedGroup.addTo(user);
    }
    if (user.groups().contains(UserInfo.UNAUTHENTICATED)) {
      return user;
    }
    List<String> groups = new ArrayList<>(user.groups());
    groups.add(UserInfo.UNAUTHENTICATED);
    return new UserInfo(user.name(), user.uid(), groups, user.extra());
  }

  private static Question question(
      UserInfo requester,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    return new Question(requester, "impersonate", group, resource, subresource, namespace, name);
  }

  /** As kube-apiserver words it. */
  static String denial(Question question) {
    String resource =
        question.subresource().isEmpty()
            ? question.resource()
            : question.resource() + "/" + question.subresource();
    String qualified =
        question.group().isEmpty()
            ? question.resource()
            : question.resource() + "." + question.group();
    String scope =
        question.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace " + quoted(question.namespace());
    return qualified
        + " "
        + quoted(question.name())
        + " is forbidden: User "
        + quoted(question.user().name())
        + " cannot impersonate resource "
        + quoted(resource)
        + " in API group "
        + quoted(question.group())
        + " "
        + scope;
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
