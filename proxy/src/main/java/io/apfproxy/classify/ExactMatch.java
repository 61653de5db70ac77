package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one schema matches a request. Immutable. Source: reference,
 * pkg/util/flowcontrol/rule.go; specification apf-config.md 2.5.
 */
final class ExactMatch {
  private static final String SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

  /*
   * Arrays, and lists by index: this runs for every request, and iterators would be most of what it
   * allocates.
   */
  private final Rule[] rules;

  ExactMatch(FlowSchema schema) {
    this.rules = schema.spec().rules().stream().map(Rule::new).toArray(Rule[]::new);
  }

  boolean matches(RequestInfo info, UserInfo user) {
    return matches(info, user, accountNamespace(user.name()));
  }

  /**
   * @param accountNamespace what {@link #accountNamespace} says of the user
   */
  boolean matches(RequestInfo info, UserInfo user, @Nullable String accountNamespace) {
    for (Rule rule : rules) {
      if (rule.covers(user, accountNamespace) && rule.covers(info)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The namespace of the service account that a user name stands for; null if it stands for none.
   */
  static @Nullable String accountNamespace(String userName) {
    if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) {
      return null;
    }
    int start = SERVICE_ACCOUNT_PREFIX.length();
    int end = userName.indexOf(':', start);
    return end < 0 ? null : userName.substring(start, end);
  }

  /**
   * Whether a list of values stands for every value; a {@code *} among others is a plain string.
   */
  static boolean isWildcard(List<String> values) {
    return values.size() == 1 && values.get(0).equals("*");
  }

  /** The part of a rule URL that paths below it begin with. */
  static String subtree(String url) {
    String stem = url.endsWith("*") ? url.substring(0, url.length() - 1) : url;
    return stem.endsWith("/") ? stem : stem + "/";
  }

  /** One rule with its subjects hashed: there may be a thousand of them. */
  private static final class Rule {
    private final Set<String> users = new HashSet<>();
    private final Set<String> groups = new HashSet<>();
    private final Set<String> serviceAccountNamespaces = new HashSet<>();
    private boolean everybody;
    private final ResourceRule[] resourceRules;
    private final NonResourceRule[] nonResourceRules;

    Rule(FlowSchema.Rule rule) {
      rule.subjects().forEach(this::add);
      this.resourceRules = rule.resourceRules().toArray(ResourceRule[]::new);
      this.nonResourceRules = rule.nonResourceRules().toArray(NonResourceRule[]::new);
    }

    private void add(Subject subject) {
      String user = subject.user();
      String group = subject.group();
      ServiceAccount account = subject.serviceAccount();
      if (subject.kind().equals(FlowSchema.USER) && user != null) {
        everybody |= user.equals("*");
        users.add(user);
      } else if (subject.kind().equals(FlowSchema.GROUP) && group != null) {
        everybody |= group.equals("*");
        groups.add(group);
      } else if (subject.kind().equals(FlowSchema.SERVICE_ACCOUNT) && account != null) {
        if (account.name().equals("*")) {
          serviceAccountNamespaces.add(account.namespace());
        } else {
          users.add(SERVICE_ACCOUNT_PREFIX + account.namespace() + ":" + account.name());
        }
      }
    }

    boolean covers(UserInfo user, @Nullable String accountNamespace) {
      if (everybody || users.contains(user.name())) {
        return true;
      }
      if (!groups.isEmpty()) {
        for (int i = 0; i < user.groups().size(); i++) {
          if (groups.contains(user.groups().get(i))) {
            return true;
          }
        }
      }
      return accountNamespace != null && serviceAccountNamespaces.contains(accountNamespace);
    }

    boolean covers(RequestInfo info) {
      if (info.resourceRequest()) {
        for (ResourceRule rule : resourceRules) {
          if (covers(rule, info)) {
            return true;
          }
        }
        return false;
      }
      for (NonResourceRule rule : nonResourceRules) {
        if (contains(rule.verbs(), info.verb()) && coversPath(rule.urls(), info.path())) {
          return true;
        }
      }
      return false;
    }

    private static boolean covers(ResourceRule rule, RequestInfo info) {
      if (!contains(rule.verbs(), info.verb()) || !contains(rule.apiGroups(), info.apiGroup())) {
        return false;
      }
      boolean inScope =
          info.namespace().isEmpty()
              ? rule.clusterScope()
              : contains(rule.namespaces(), info.namespace());
      return inScope && coversResource(rule.resources(), info.resource(), info.subresource());
    }

    private static boolean coversResource(
        List<String> resources, String resource, String subresource) {
      if (isWildcard(resources)) {
        return true;
      }
      for (int i = 0; i < resources.size(); i++) {
        String candidate = resources.get(i);
        if (subresource.isEmpty()
            ? candidate.equals(resource)
            : candidate.length() == resource.length() + 1 + subresource.length()
                && candidate.startsWith(resource)
                && candidate.charAt(resource.length()) == '/'
                && candidate.endsWith(subresource)) {
          return true;
        }
      }
      return false;
    }

    private static boolean coversPath(List<String> urls, String path) {
      if (isWildcard(urls)) {
        return true;
      }
      for (int i = 0; i < urls.size(); i++) {
        String url = urls.get(i);
        if (url.equals(path) || path.startsWith(subtree(url))) {
          return true;
        }
      }
      return false;
    }

    private static boolean contains(List<String> values, String value) {
      return isWildcard(values) || values.contains(value);
    }
  }
}
