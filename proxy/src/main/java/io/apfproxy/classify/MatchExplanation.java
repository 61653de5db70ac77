package io.apfproxy.classify;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;

/** Why a request goes where it goes: what stands in its way at each schema before the right one. */
public final class MatchExplanation {
  /*
   * Every question is put to ExactMatch, with a rule that is wide open but for the property in question. So this class cannot
   * come to another answer than the classification.
   */
  private static final List<String> ANY = List.of("*");

  private MatchExplanation() {}

  /**
   * One schema that was asked.
   *
   * @param obstacle why it does not match, in few words; empty if it does
   */
  public record Step(FlowSchema schema, String obstacle) {
    public boolean matches() {
      return obstacle.isEmpty();
    }
  }

  /** The schemas in matching order, up to and including the one that matches. */
  public static List<Step> of(
      FlowControlConfiguration configuration, RequestInfo info, UserInfo user) {
    List<Step> steps = new ArrayList<>();
    for (FlowSchema schema : configuration.schemas()) {
      Step step = new Step(schema, obstacle(schema.spec().rules(), info, user));
      steps.add(step);
      if (step.matches()) {
        return steps;
      }
    }
    return steps;
  }

  /** Why no rule matches, in few words; empty if one does. */
  public static String obstacle(List<Rule> rules, RequestInfo info, UserInfo user) {
    if (new ExactMatch(rules).matches(info, user)) {
      return "";
    }
    if (rules.isEmpty()) {
      return "it has no rules";
    }
    List<String> obstacles = new ArrayList<>();
    int number = 0;
    for (Rule rule : rules) {
      number++;
      if (coversSubject(rule, info, user)) {
        String why = info.resourceRequest() ? resource(rule, info, user) : path(rule, info, user);
        obstacles.add(rules.size() == 1 ? why : "rule " + number + ": " + why);
      }
    }
    return obstacles.isEmpty() ? "no subject is this user" : String.join("; ", obstacles);
  }

  private static boolean coversSubject(Rule rule, RequestInfo info, UserInfo user) {
    return covers(
        new Rule(
            rule.subjects(),
            List.of(new ResourceRule(ANY, ANY, ANY, true, ANY)),
            List.of(new NonResourceRule(ANY, ANY))),
        info,
        user);
  }

  /** The obstacle of the rule that gets furthest. */
  private static String resource(Rule rule, RequestInfo info, UserInfo user) {
    if (rule.resourceRules().isEmpty()) {
      return "it is for paths that are no resource";
    }
    int furthest = -1;
    String why = "";
    for (ResourceRule resource : rule.resourceRules()) {
      List<ResourceRule> gates =
          List.of(
              new ResourceRule(ANY, resource.apiGroups(), ANY, true, ANY),
              new ResourceRule(ANY, ANY, resource.resources(), true, ANY),
              new ResourceRule(resource.verbs(), ANY, ANY, true, ANY),
              new ResourceRule(ANY, ANY, ANY, resource.clusterScope(), resource.namespaces()));
      List<String> reasons =
          List.of(
              "API groups are " + resource.apiGroups(),
              "resources are " + resource.resources(),
              "verbs are " + resource.verbs(),
              scope(resource, info));
      int passed = 0;
      while (passed < gates.size()
          && covers(new Rule(rule.subjects(), List.of(gates.get(passed)), List.of()), info, user)) {
        passed++;
      }
      if (passed > furthest && passed < gates.size()) {
        furthest = passed;
        why = reasons.get(passed);
      }
    }
    return why;
  }

  private static String scope(ResourceRule resource, RequestInfo info) {
    return info.namespace().isEmpty()
        ? "requests without a namespace are not included (clusterScope is false)"
        : "namespaces are " + resource.namespaces();
  }

  private static String path(Rule rule, RequestInfo info, UserInfo user) {
    if (rule.nonResourceRules().isEmpty()) {
      return "it is for resources";
    }
    String why = "";
    for (NonResourceRule path : rule.nonResourceRules()) {
      NonResourceRule urls = new NonResourceRule(ANY, path.urls());
      if (covers(new Rule(rule.subjects(), List.of(), List.of(urls)), info, user)) {
        return "verbs are " + path.verbs();
      }
      why = why.isEmpty() ? "paths are " + path.urls() : why;
    }
    return why;
  }

  private static boolean covers(Rule rule, RequestInfo info, UserInfo user) {
    return new ExactMatch(List.of(rule)).matches(info, user);
  }
}
