package io.apfproxy.config;

import static io.apfproxy.config.FieldWriter.all;

import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How {@code v1} writes a schema. Source: specification apf-config.md 1.2. */
final class FlowSchemaCodec {
  private FlowSchemaCodec() {}

  static FlowSchema read(ObjectMeta metadata, FieldReader spec) {
    return new FlowSchema(
        metadata,
        new FlowSchema.Spec(
            Objects.requireNonNullElse(
                spec.object("priorityLevelConfiguration", level -> level.text("name")), ""),
            spec.number("matchingPrecedence"),
            spec.object("distinguisherMethod", method -> method.text("type")),
            spec.objects("rules", FlowSchemaCodec::rule)),
        List.of());
  }

  static Rule rule(FieldReader rule) {
    return new Rule(
        rule.objects("subjects", FlowSchemaCodec::subject),
        rule.objects("resourceRules", FlowSchemaCodec::resources),
        rule.objects("nonResourceRules", FlowSchemaCodec::paths));
  }

  static Subject subject(FieldReader subject) {
    return new Subject(
        subject.text("kind"),
        subject.object("user", user -> user.text("name")),
        subject.object("group", group -> group.text("name")),
        subject.object(
            "serviceAccount",
            account -> new ServiceAccount(account.text("namespace"), account.text("name"))));
  }

  private static ResourceRule resources(FieldReader rule) {
    return new ResourceRule(
        rule.texts("verbs"),
        rule.texts("apiGroups"),
        rule.texts("resources"),
        rule.bool("clusterScope"),
        rule.texts("namespaces"));
  }

  private static NonResourceRule paths(FieldReader rule) {
    return new NonResourceRule(rule.texts("verbs"), rule.texts("nonResourceURLs"));
  }

  static Map<String, Object> write(FlowSchema schema) {
    FlowSchema.Spec spec = schema.spec();
    return new FieldWriter()
        .set("priorityLevelConfiguration", Map.of("name", spec.priorityLevel()))
        .set("matchingPrecedence", spec.matchingPrecedence())
        .set("distinguisherMethod", spec.distinguisherMethod(), type -> Map.of("type", type))
        .set("rules", all(spec.rules(), FlowSchemaCodec::write))
        .map();
  }

  static Map<String, Object> write(Rule rule) {
    return new FieldWriter()
        .set("subjects", all(rule.subjects(), FlowSchemaCodec::write))
        .set("resourceRules", all(rule.resourceRules(), FlowSchemaCodec::write))
        .set("nonResourceRules", all(rule.nonResourceRules(), FlowSchemaCodec::write))
        .map();
  }

  static Map<String, Object> write(Subject subject) {
    return new FieldWriter()
        .set("kind", subject.kind())
        .set("user", subject.user(), name -> Map.of("name", name))
        .set("group", subject.group(), name -> Map.of("name", name))
        .set("serviceAccount", subject.serviceAccount(), FlowSchemaCodec::write)
        .map();
  }

  private static Map<String, Object> write(ServiceAccount account) {
    return new FieldWriter()
        .set("namespace", account.namespace())
        .set("name", account.name())
        .map();
  }

  private static Map<String, Object> write(ResourceRule rule) {
    return new FieldWriter()
        .set("verbs", rule.verbs())
        .set("apiGroups", rule.apiGroups())
        .set("resources", rule.resources())
        .set("clusterScope", rule.clusterScope() ? true : null)
        .set("namespaces", rule.namespaces())
        .map();
  }

  private static Map<String, Object> write(NonResourceRule rule) {
    return new FieldWriter().set("verbs", rule.verbs()).set("nonResourceURLs", rule.urls()).map();
  }
}
