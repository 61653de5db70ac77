package io.apfproxy.admin;

import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * What a reader asks for.
 *
 * @param uri path and query, as sent
 * @param parameters of the query
 * @param local whether this machine asks; see {@link LocalOnly}
 */
record Asked(String uri, MultiMap parameters, boolean local) {
  private static final String DETAILS = "includeRequestDetails";

  /** The first value of a parameter; null without it. */
  @Nullable String parameter(String name) {
    return parameters.get(name);
  }

  /** Whether users and paths are asked for: any value says so, "0" too, as at kube-apiserver. */
  boolean withDetails() {
    String details = parameters.get(DETAILS);
    return details != null && !details.isEmpty();
  }
}
