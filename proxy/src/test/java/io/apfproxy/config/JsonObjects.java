package io.apfproxy.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta.OwnerReference;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code v1} objects out of the recordings; null and absent are the same, as in Go. */
public final class JsonObjects {
  private JsonObjects() {}

  public static List<FlowSchema> flowSchemas(JsonNode list) {
    return list(list, JsonObjects::flowSchema);
  }

  public static List<PriorityLevelConfiguration> priorityLevels(JsonNode list) {
    return list(list, JsonObjects::priorityLevel);
  }

  public static FlowSchema flowSchema(JsonNode object) {
    JsonNode spec = object.path("spec");
    JsonNode distinguisher = spec.path("distinguisherMethod");
    return new FlowSchema(
        metadata(object.path("metadata")),
        new FlowSchema.Spec(
            text(spec.path("priorityLevelConfiguration"), "name"),
            spec.path("matchingPrecedence").asInt(),
            distinguisher.isObject() ? text(distinguisher, "type") : null,
            list(spec.path("rules"), JsonObjects::rule)),
        conditionTypes(object));
  }

  public static PriorityLevelConfiguration priorityLevel(JsonNode object) {
    JsonNode spec = object.path("spec");
    return new PriorityLevelConfiguration(
        metadata(object.path("metadata")),
        new PriorityLevelConfiguration.Spec(
            text(spec, "type"), limited(spec.path("limited")), exempt(spec.path("exempt"))),
        conditionTypes(object));
  }

  private static Rule rule(JsonNode rule) {
    return new Rule(
        list(rule.path("subjects"), JsonObjects::subject),
        list(
            rule.path("resourceRules"),
            resource ->
                new ResourceRule(
                    texts(resource.path("verbs")),
                    texts(resource.path("apiGroups")),
                    texts(resource.path("resources")),
                    resource.path("clusterScope").asBoolean(),
                    texts(resource.path("namespaces")))),
        list(
            rule.path("nonResourceRules"),
            path ->
                new NonResourceRule(
                    texts(path.path("verbs")), texts(path.path("nonResourceURLs")))));
  }

  private static Subject subject(JsonNode subject) {
    JsonNode user = subject.path("user");
    JsonNode group = subject.path("group");
    JsonNode account = subject.path("serviceAccount");
    return new Subject(
        text(subject, "kind"),
        user.isObject() ? text(user, "name") : null,
        group.isObject() ? text(group, "name") : null,
        account.isObject()
            ? new ServiceAccount(text(account, "namespace"), text(account, "name"))
            : null);
  }

  private static @Nullable Limited limited(JsonNode limited) {
    if (!limited.isObject()) {
      return null;
    }
    JsonNode response = limited.path("limitResponse");
    JsonNode queuing = response.path("queuing");
    return new Limited(
        integer(limited, "nominalConcurrencyShares"),
        integer(limited, "lendablePercent"),
        integer(limited, "borrowingLimitPercent"),
        new LimitResponse(
            text(response, "type"),
            queuing.isObject()
                ? new Queuing(
                    queuing.path("queues").asInt(),
                    queuing.path("handSize").asInt(),
                    queuing.path("queueLengthLimit").asInt())
                : null));
  }

  private static @Nullable Exempt exempt(JsonNode exempt) {
    return exempt.isObject()
        ? new Exempt(
            integer(exempt, "nominalConcurrencyShares"), integer(exempt, "lendablePercent"))
        : null;
  }

  private static ObjectMeta metadata(JsonNode metadata) {
    return new ObjectMeta(
        text(metadata, "name"),
        text(metadata, "generateName"),
        text(metadata, "namespace"),
        text(metadata, "uid"),
        metadata.path("generation").asLong(),
        map(metadata.path("labels")),
        map(metadata.path("annotations")),
        texts(metadata.path("finalizers")),
        list(
            metadata.path("ownerReferences"),
            owner ->
                new OwnerReference(
                    text(owner, "apiVersion"),
                    text(owner, "kind"),
                    text(owner, "name"),
                    text(owner, "uid"),
                    owner.path("controller").asBoolean())));
  }

  private static List<String> conditionTypes(JsonNode object) {
    return list(object.path("status").path("conditions"), condition -> text(condition, "type"));
  }

  private static <T> List<T> list(JsonNode list, Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    list.forEach(element -> values.add(read.apply(element)));
    return values;
  }

  private static List<String> texts(JsonNode list) {
    return list(list, JsonNode::asText);
  }

  private static Map<String, String> map(JsonNode object) {
    Map<String, String> values = new HashMap<>();
    object.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
    return values;
  }

  private static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isTextual() ? value.asText() : "";
  }

  private static @Nullable Integer integer(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isInt() ? Integer.valueOf(value.asInt()) : null;
  }
}
