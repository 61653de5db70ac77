package io.apfproxy.flowcontrol;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.RequestDigest;
import java.util.List;

/** One configuration in force, ready for requests. Immutable. */
final class Routing {
  private final FlowControlConfiguration configuration;
  private final Classifier classifier;
  private final Route[] routes;

  /**
   * @param routes of the configuration's schemas, in their order
   */
  Routing(FlowControlConfiguration configuration, List<Route> routes) {
    this.configuration = configuration;
    this.classifier = new Classifier(configuration);
    this.routes = routes.toArray(Route[]::new);
  }

  FlowControlConfiguration configuration() {
    return configuration;
  }

  FlowMatch classify(RequestDigest digest) {
    return classifier.classify(digest.info(), digest.user());
  }

  Route route(int schemaIndex) {
    return routes[schemaIndex];
  }
}
