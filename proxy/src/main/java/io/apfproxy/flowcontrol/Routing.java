package io.apfproxy.flowcontrol;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.request.RequestDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One configuration in force, ready for requests. Immutable. */
final class Routing {
  private final FlowControlConfiguration configuration;
  private final Classifier classifier;
  private final Route[] routes;

  private Routing(FlowControlConfiguration configuration, Classifier classifier, Route[] routes) {
    this.configuration = configuration;
    this.classifier = classifier;
    this.routes = routes;
  }

  /**
   * Makes one; takes half a second for 10,000 schemas, less where they are as before.
   *
   * @param levels all that the schemas lead to, by name
   * @param before what of it has not changed is used again; null at the start
   */
  static Routing of(
      FlowControlConfiguration configuration,
      Map<String, LevelEntry> levels,
      FlowMetrics metrics,
      @Nullable Routing before) {
    Map<String, Route> known = new HashMap<>();
    if (before != null) {
      for (Route route : before.routes) {
        known.put(route.schema().name(), route);
      }
    }
    List<FlowSchema> schemas = configuration.schemas();
    Route[] routes = new Route[schemas.size()];
    for (int i = 0; i < routes.length; i++) {
      FlowSchema schema = schemas.get(i);
      LevelEntry level = Objects.requireNonNull(levels.get(schema.spec().priorityLevel()));
      Route route = known.get(schema.name());
      routes[i] =
          route != null && route.level() == level && route.schema().equals(schema)
              ? route
              : new Route(
                  schema,
                  level,
                  level.level().tally(schema.name()),
                  metrics.flow(level.name(), schema.name()),
                  level.shadow(schema.name()));
    }
    return new Routing(configuration, classifier(configuration, before), routes);
  }

  private static Classifier classifier(
      FlowControlConfiguration configuration, @Nullable Routing before) {
    return before != null
            && before.configuration.schemas().equals(configuration.schemas())
            && before.configuration.levels().equals(configuration.levels())
        ? before.classifier
        : new Classifier(configuration);
  }

  /** The same for a configuration that says the same of schemas and levels. */
  Routing with(FlowControlConfiguration same) {
    return new Routing(same, classifier, routes);
  }

  FlowControlConfiguration configuration() {
    return configuration;
  }

  Set<FlowMetrics.Lead> leads() {
    return configuration.schemas().stream()
        .map(schema -> new FlowMetrics.Lead(schema.spec().priorityLevel(), schema.name()))
        .collect(Collectors.toSet());
  }

  Map<String, Set<String>> flowSchemasByLevel() {
    return configuration.schemas().stream()
        .collect(
            Collectors.groupingBy(
                schema -> schema.spec().priorityLevel(),
                Collectors.mapping(FlowSchema::name, Collectors.toSet())));
  }

  FlowMatch classify(RequestDigest digest) {
    return classifier.classify(digest.info(), digest.user());
  }

  Route route(int schemaIndex) {
    return routes[schemaIndex];
  }
}
