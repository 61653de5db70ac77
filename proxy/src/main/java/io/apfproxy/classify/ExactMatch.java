package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one of some rules matches a request. Immutable. Source: reference,
 * pkg/util/flowcontrol/rule.go; specification apf-config.md 2.5.
 */
final class ExactMatch {
  /*
   * Arrays, and lists by index: this runs for every request, and iterators would be most of what it
   * allocates.
   */
  private final Rule[] rules;

  ExactMatch(List<FlowSchema.Rule> rules) {
    this.rules = rules.stream().map(Rule::new).toArray(Rule[]::new);
  }

  boolean matches(RequestInfo info, UserInfo user) {
    return matches(info, user, Subjects.accountNamespace(user.name()));
  }

  /**
   * @param accountNamespace what {@link Subjects#accountNamespace} says of the user
   */
  boolean matches(RequestInfo info, UserInfo user, @Nullable String accountNamespace) {
    for (Rule rule : rules) {
      if (rule.subjects.cover(user, accountNamespace) && rule.covers(info)) {
        return true;
      }
    }
    return false;
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

  private static final class Rule {
    private final Subjects subjects;
    private final ResourceRule[] resourceRules;
    private final NonResourceRule[] nonResourceRules;

    Rule(FlowSchema.Rule rule) {
      this.subjects = new Subjects(rule.subjects());
      this.resourceRules = rule.resourceRules().toArray(ResourceRule[]::new);
      this.nonResourceRules = rule.nonResourceRules().toArray(NonResourceRule[]::new);
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
