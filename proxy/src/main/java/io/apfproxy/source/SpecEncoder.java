package io.apfproxy.source;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.SourceObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@code spec} of an object in version v1, as maps, lists, strings and numbers: the way
 * back of {@link ObjectDecoder}. What is unset is left out.
 */
public final class SpecEncoder {
  private SpecEncoder() {}

  /**
   * The spec of a schema or level.
   *
   * @throws IllegalStateException if the object could not be read
   */
  public static Map<String, Object> spec(SourceObject object) {
    FlowSchema schema = object.schema();
    if (schema != null) {
      return spec(schema.spec());
    }
    PriorityLevelConfiguration level = object.level();
    if (level != null) {
      return spec(level.spec());
    }
    throw new IllegalStateException(object.key() + " could not be read");
  }

  private static Map<String, Object> spec(FlowSchema.Spec spec) {
    return new Fields()
        .set("priorityLevelConfiguration", Map.of("name", spec.priorityLevel()))
        .set("matchingPrecedence", spec.matchingPrecedence())
        .set("distinguisherMethod", spec.distinguisherMethod(), type -> Map.of("type", type))
        .set("rules", all(spec.rules(), SpecEncoder::rule))
        .map();
  }

  private static Map<String, Object> rule(Rule rule) {
    return new Fields()
        .set("subjects", all(rule.subjects(), SpecEncoder::subject))
        .set("resourceRules", all(rule.resourceRules(), SpecEncoder::resources))
        .set("nonResourceRules", all(rule.nonResourceRules(), SpecEncoder::paths))
        .map();
  }

  private static Map<String, Object> subject(Subject subject) {
    return new Fields()
        .set("kind", subject.kind())
        .set("user", subject.user(), name -> Map.of("name", name))
        .set("group", subject.group(), name -> Map.of("name", name))
        .set("serviceAccount", subject.serviceAccount(), SpecEncoder::account)
        .map();
  }

  private static Map<String, Object> account(ServiceAccount account) {
    return new Fields().set("namespace", account.namespace()).set("name", account.name()).map();
  }

  private static Map<String, Object> resources(ResourceRule rule) {
    return new Fields()
        .set("verbs", rule.verbs())
        .set("apiGroups", rule.apiGroups())
        .set("resources", rule.resources())
        .set("clusterScope", rule.clusterScope() ? true : null)
        .set("namespaces", rule.namespaces())
        .map();
  }

  private static Map<String, Object> paths(NonResourceRule rule) {
    return new Fields().set("verbs", rule.verbs()).set("nonResourceURLs", rule.urls()).map();
  }

  private static Map<String, Object> spec(PriorityLevelConfiguration.Spec spec) {
    return new Fields()
        .set("type", spec.type())
        .set("limited", spec.limited(), SpecEncoder::limited)
        .set("exempt", spec.exempt(), SpecEncoder::exempt)
        .map();
  }

  private static Map<String, Object> limited(Limited limited) {
    return new Fields()
        .set("nominalConcurrencyShares", limited.nominalShares())
        .set("lendablePercent", limited.lendablePercent())
        .set("borrowingLimitPercent", limited.borrowingLimitPercent())
        .set("limitResponse", response(limited.limitResponse()))
        .map();
  }

  private static Map<String, Object> response(LimitResponse response) {
    return new Fields()
        .set("type", response.type())
        .set("queuing", response.queuing(), SpecEncoder::queuing)
        .map();
  }

  private static Map<String, Object> queuing(Queuing queuing) {
    return new Fields()
        .set("queues", queuing.queues())
        .set("handSize", queuing.handSize())
        .set("queueLengthLimit", queuing.queueLengthLimit())
        .map();
  }

  private static Map<String, Object> exempt(Exempt exempt) {
    return new Fields()
        .set("nominalConcurrencyShares", exempt.nominalShares())
        .set("lendablePercent", exempt.lendablePercent())
        .map();
  }

  private static <T> List<Map<String, Object>> all(
      List<T> elements, Function<T, Map<String, Object>> encode) {
    return elements.stream().map(encode).toList();
  }

  /** A mapping in the making. */
  private static final class Fields {
    private final Map<String, Object> map = new LinkedHashMap<>();

    Fields set(String field, @Nullable Object value) {
      return set(field, value, same -> same);
    }

    <T> Fields set(String field, @Nullable T value, Function<T, ?> encode) {
      if (value != null && !(value instanceof Collection<?> list && list.isEmpty())) {
        map.put(field, encode.apply(value));
      }
      return this;
    }

    Map<String, Object> map() {
      return map;
    }
  }
}
