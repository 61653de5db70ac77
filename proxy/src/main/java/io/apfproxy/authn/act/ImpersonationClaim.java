package io.apfproxy.authn.act;

import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.AccessReviewer.Resource;
import io.apfproxy.authn.act.AccessReviewer.Target;
import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.authn.memo.UserBytes;
import io.apfproxy.authn.who.AuthenticatedGroup;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client becomes in one {@link ImpersonationMode}, and what it must be allowed for that.
 * Source: kube-apiserver's impersonation filter.
 *
 * @param user with the groups that kube-apiserver adds
 * @param steps in the order of kube-apiserver's errors; all must be granted
 */
record ImpersonationClaim(UserInfo user, List<Step> steps) {
  private static final String AUTHENTICATION = "authentication.k8s.io";
  private static final String VERSION = "v1";
  private static final String NODES = "system:nodes";
  private static final String KEYS_OF_TOKEN = "authentication.kubernetes.io/associated-node-keys";
  private static final String ANY = "*";

  /** So many values of a kind, and it is asked first whether all are allowed. */
  private static final int MANY = 4;

  /**
   * Questions that may be asked at once.
   *
   * @param all if its answer is yes, the others need not be asked; null if there is no such
   *     question
   * @param refusal if not empty, this is never granted, and this says why
   */
  record Step(@Nullable Question all, List<Question> each, String refusal) {
    static Step of(List<Question> questions) {
      return new Step(null, List.copyOf(questions), "");
    }
  }

  static ImpersonationClaim of(
      ImpersonationMode mode, UserInfo requester, Impersonation wish, RequestInfo request) {
    return new Builder(mode, requester, wish).build(request);
  }

  /** Names claimed, each of which takes a question. */
  static int names(Impersonation wish) {
    return 1
        + (wish.uid().isEmpty() ? 0 : 1)
        + wish.groups().size()
        + wish.extra().values().stream().mapToInt(List::size).sum();
  }

  /** What the names claimed take, roughly. */
  static int bytes(Impersonation wish) {
    return UserBytes.of(new UserInfo(wish.user(), wish.uid(), wish.groups(), wish.extra()));
  }

  /** Reads one wish in one mode. */
  private static final class Builder {
    private final ImpersonationMode mode;
    private final UserInfo requester;
    private final Impersonation wish;
    private final SystemName name;
    private final String groupOfNames;

    Builder(ImpersonationMode mode, UserInfo requester, Impersonation wish) {
      this.mode = mode;
      this.requester =
          mode == ImpersonationMode.ASSOCIATED_NODE ? withKeysOnly(requester) : requester;
      this.wish = wish;
      this.name = SystemName.of(wish.user());
      this.groupOfNames = mode.isConstrained() ? AUTHENTICATION : "";
    }

    /** The check has been made here, so one answer serves all pods of a service account. */
    private static UserInfo withKeysOnly(UserInfo user) {
      List<String> keys = List.copyOf(new TreeSet<>(user.extra().keySet()));
      return new UserInfo(user.name(), user.uid(), user.groups(), Map.of(KEYS_OF_TOKEN, keys));
    }

    ImpersonationClaim build(RequestInfo request) {
      List<Step> steps = new ArrayList<>();
      if (mode.isConstrained()) {
        steps.add(
            Step.of(
                List.of(new Question(requester, mode.verbOn(request.verb()), Target.of(request)))));
      }
      List<Question> person = new ArrayList<>();
      person.add(nameQuestion());
      if (!wish.uid().isEmpty()) {
        person.add(question(AUTHENTICATION, "uids", "", "", wish.uid()));
      }
      if (mode.isConstrained()) {
        steps.add(Step.of(person));
        steps.add(constrainedGroups());
        steps.add(constrainedExtra());
      } else {
        person.addAll(groupQuestions());
        person.addAll(extraQuestions());
        steps.add(Step.of(person));
      }
      return new ImpersonationClaim(becomes(), List.copyOf(steps));
    }

    private Question nameQuestion() {
      if (mode.isConstrained() && name.kind() == SystemName.Kind.NODE) {
        String node = mode == ImpersonationMode.ASSOCIATED_NODE ? ANY : name.name();
        return question(groupOfNames, "nodes", "", "", node);
      }
      return name.kind() == SystemName.Kind.SERVICE_ACCOUNT
          ? question(groupOfNames, "serviceaccounts", "", name.namespace(), name.name())
          : question(groupOfNames, "users", "", "", wish.user());
    }

    private List<Question> groupQuestions() {
      return wish.groups().stream().map(this::groupQuestion).toList();
    }

    private Question groupQuestion(String group) {
      return question(groupOfNames, "groups", "", "", group);
    }

    private List<Question> extraQuestions() {
      return wish.extra().entrySet().stream()
          .flatMap(extra -> extra.getValue().stream().map(v -> extraQuestion(extra.getKey(), v)))
          .toList();
    }

    private Question extraQuestion(String key, String value) {
      return question(AUTHENTICATION, "userextras", key, "", value);
    }

    private Step constrainedGroups() {
      String refusal = "";
      if (wish.groups().contains("")) {
        refusal =
            AccessDenial.of(groupQuestion(""))
                + ": impersonating the empty string group is not allowed";
      } else if (wish.groups().contains(UserInfo.MASTERS)) {
        refusal =
            AccessDenial.of(groupQuestion(UserInfo.MASTERS))
                + ": impersonating the system:masters group is not allowed";
      }
      Question all = wish.groups().size() >= MANY ? groupQuestion(ANY) : null;
      return new Step(all, groupQuestions(), refusal);
    }

    private Step constrainedExtra() {
      List<Question> each = extraQuestions();
      String refusal =
          wish.extra().entrySet().stream()
              .map(extra -> ExtraRule.violation(extra.getKey(), extra.getValue()))
              .filter(violation -> !violation.isEmpty())
              .findFirst()
              .map(violation -> AccessDenial.of(extraQuestion("", "")) + ": " + violation)
              .orElse("");
      boolean many = wish.extra().size() >= MANY || each.size() >= MANY;
      return new Step(many ? extraQuestion(ANY, ANY) : null, each, refusal);
    }

    private UserInfo becomes() {
      List<String> groups = new ArrayList<>(wish.groups());
      if (mode.isConstrained() && name.kind() == SystemName.Kind.NODE) {
        groups.add(NODES);
      } else if (name.kind() == SystemName.Kind.SERVICE_ACCOUNT && groups.isEmpty()) {
        groups.add("system:serviceaccounts");
        groups.add("system:serviceaccounts:" + name.namespace());
      }
      return withSystemGroup(new UserInfo(wish.user(), wish.uid(), groups, wish.extra()));
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

    private Question question(
        String group, String resource, String subresource, String namespace, String name) {
      return new Question(
          requester,
          mode.verb(),
          new Resource(group, VERSION, resource, subresource, namespace, name, "", ""));
    }
  }
}
