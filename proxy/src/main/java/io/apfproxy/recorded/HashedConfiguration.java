package io.apfproxy.recorded;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configuration whose schemas name users, groups and namespaces as a hashed recording does, so
 * that they match there what they match here. Source: specification seeing.md V-57.
 */
public final class HashedConfiguration {
  private static final String ALL = "*";

  private HashedConfiguration() {}

  /** The same with hashed names; of levels and schemas themselves they stay. */
  public static FlowControlConfiguration of(FlowControlConfiguration plain, HashedNaming naming) {
    return FlowControlConfiguration.digest(
        plain.schemas().stream().map(schema -> schema(schema, naming)).toList(),
        plain.levels().values(),
        null);
  }

  private static FlowSchema schema(FlowSchema schema, HashedNaming naming) {
    FlowSchema.Spec spec = schema.spec();
    return new FlowSchema(
        schema.metadata(),
        new FlowSchema.Spec(
            spec.priorityLevel(),
            spec.matchingPrecedence(),
            spec.distinguisherMethod(),
            spec.rules().stream().map(rule -> rule(rule, naming)).toList()),
        schema.conditionTypes());
  }

  private static Rule rule(Rule rule, HashedNaming naming) {
    return new Rule(
        rule.subjects().stream().map(subject -> subject(subject, naming)).toList(),
        rule.resourceRules().stream().map(resources -> resources(resources, naming)).toList(),
        rule.nonResourceRules());
  }

  private static Subject subject(Subject subject, HashedNaming naming) {
    return new Subject(
        subject.kind(),
        user(subject.user(), naming),
        group(subject.group(), naming),
        account(subject.serviceAccount(), naming));
  }

  private static @Nullable String user(@Nullable String name, HashedNaming naming) {
    return name == null || name.equals(ALL) ? name : naming.user(name);
  }

  private static @Nullable String group(@Nullable String name, HashedNaming naming) {
    return name == null || name.equals(ALL) ? name : naming.group(name);
  }

  private static @Nullable ServiceAccount account(
      @Nullable ServiceAccount account, HashedNaming naming) {
    return account == null
        ? null
        : new ServiceAccount(
            naming.other(account.namespace()),
            account.name().equals(ALL) ? ALL : naming.other(account.name()));
  }

  private static ResourceRule resources(ResourceRule rule, HashedNaming naming) {
    List<String> namespaces =
        rule.namespaces().stream()
            .map(name -> name.equals(ALL) ? ALL : naming.other(name))
            .toList();
    return new ResourceRule(
        rule.verbs(), rule.apiGroups(), rule.resources(), rule.clusterScope(), namespaces);
  }
}
