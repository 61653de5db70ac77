package io.apfproxy.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rule that assigns requests to a priority level. Immutable; {@code v1} fields, unset strings are
 * empty, unset lists are empty.
 *
 * @param conditionTypes types of the conditions in its status, in order; validated only
 */
public record FlowSchema(ObjectMeta metadata, Spec spec, List<String> conditionTypes)
    implements ConfigObject {
  public static final String BY_USER = "ByUser";
  public static final String BY_NAMESPACE = "ByNamespace";
  public static final String USER = "User";
  public static final String GROUP = "Group";
  public static final String SERVICE_ACCOUNT = "ServiceAccount";

  /** All verbs that a rule may name, besides {@code *}. */
  public static final List<String> VERBS =
      List.of(
          "get",
          "list",
          "create",
          "update",
          "delete",
          "deletecollection",
          "patch",
          "watch",
          "proxy");

  public FlowSchema {
    Objects.requireNonNull(metadata);
    Objects.requireNonNull(spec);
    conditionTypes = List.copyOf(conditionTypes);
  }

  @Override
  public Kind<FlowSchema> kind() {
    return Kind.FLOW_SCHEMA;
  }

  @Override
  public String leadsTo() {
    return spec.priorityLevel();
  }

  /**
   * @param priorityLevel name of the PriorityLevelConfiguration
   * @param matchingPrecedence 1 to 10000, lower first; 0 before defaulting
   * @param distinguisherMethod {@link #BY_USER} or {@link #BY_NAMESPACE}; null if all requests are
   *     one flow
   */
  public record Spec(
      String priorityLevel,
      int matchingPrecedence,
      @Nullable String distinguisherMethod,
      List<Rule> rules) {
    public Spec {
      rules = List.copyOf(rules);
    }

    Spec withMatchingPrecedence(int precedence) {
      return new Spec(priorityLevel, precedence, distinguisherMethod, rules);
    }
  }

  /** Matches if a subject matches and, by the kind of request, a resource or non-resource rule. */
  public record Rule(
      List<Subject> subjects,
      List<ResourceRule> resourceRules,
      List<NonResourceRule> nonResourceRules) {
    public Rule {
      subjects = List.copyOf(subjects);
      resourceRules = List.copyOf(resourceRules);
      nonResourceRules = List.copyOf(nonResourceRules);
    }
  }

  /**
   * Who. Of the last three the one that {@code kind} names is set in a valid object.
   *
   * @param kind {@link #USER}, {@link #GROUP} or {@link #SERVICE_ACCOUNT}
   * @param user user name or {@code *}
   * @param group group name or {@code *}
   */
  public record Subject(
      String kind,
      @Nullable String user,
      @Nullable String group,
      @Nullable ServiceAccount serviceAccount) {
    public static Subject user(String name) {
      return new Subject(USER, name, null, null);
    }

    public static Subject group(String name) {
      return new Subject(GROUP, null, name, null);
    }

    public static Subject serviceAccount(String namespace, String name) {
      return new Subject(SERVICE_ACCOUNT, null, null, new ServiceAccount(namespace, name));
    }
  }

  /**
   * @param name or {@code *} for all of the namespace
   */
  public record ServiceAccount(String namespace, String name) {}

  /** What, among resources. A list of just {@code *} matches everything. */
  public record ResourceRule(
      List<String> verbs,
      List<String> apiGroups,
      List<String> resources,
      boolean clusterScope,
      List<String> namespaces) {
    public ResourceRule {
      verbs = List.copyOf(verbs);
      apiGroups = List.copyOf(apiGroups);
      resources = List.copyOf(resources);
      namespaces = List.copyOf(namespaces);
    }
  }

  /** What, among other paths. A list of just {@code *} matches everything. */
  public record NonResourceRule(List<String> verbs, List<String> urls) {
    public NonResourceRule {
      verbs = List.copyOf(verbs);
      urls = List.copyOf(urls);
    }
  }
}
