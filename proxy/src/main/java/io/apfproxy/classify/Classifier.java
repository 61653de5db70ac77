package io.apfproxy.classify;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.request.Utf8Bytes;
import java.util.List;
import java.util.Objects;

/**
 * Finds the schema, level and flow of a request under one configuration. Immutable, thread-safe,
 * never blocks.
 */
public final class Classifier {
  private final List<FlowSchema> schemas;
  private final RuleIndex index;
  private final PriorityLevelConfiguration[] levels;
  private final byte[][] hashedNames;
  private final int fallback;

  public Classifier(FlowControlConfiguration configuration) {
    this.schemas = configuration.schemas();
    int size = schemas.size();
    this.levels = new PriorityLevelConfiguration[size];
    this.hashedNames = new byte[size][];
    int catchAll = size - 1;
    for (int i = 0; i < size; i++) {
      FlowSchema schema = schemas.get(i);
      levels[i] = Objects.requireNonNull(configuration.levels().get(schema.spec().priorityLevel()));
      hashedNames[i] = Utf8Bytes.encode(schema.name());
      if (schema.name().equals(Bootstrap.CATCH_ALL)) {
        catchAll = i;
      }
    }
    this.fallback = catchAll;
    this.index = new RuleIndex(schemas.stream().map(schema -> schema.spec().rules()).toList());
  }

  /**
   * The first schema in matching order that matches, else {@code catch-all}.
   *
   * @param user after impersonation
   */
  public FlowMatch classify(RequestInfo info, UserInfo user) {
    int first = index.first(info, user);
    int position = first < 0 ? fallback : first;
    FlowSchema schema = schemas.get(position);
    PriorityLevelConfiguration level = levels[position];
    Queuing queuing = level.queuing();
    if (queuing == null || queuing.queues() < 2) {
      return new FlowMatch(position, schema, level, "", 0);
    }
    String distinguisher = distinguisher(schema, info, user);
    long hash = FlowHash.of(hashedNames[position], distinguisher);
    return new FlowMatch(position, schema, level, distinguisher, hash);
  }

  private static String distinguisher(FlowSchema schema, RequestInfo info, UserInfo user) {
    String method = schema.spec().distinguisherMethod();
    if (method == null) {
      return "";
    }
    return switch (method) {
      case FlowSchema.BY_USER -> user.name();
      case FlowSchema.BY_NAMESPACE -> info.namespace();
      default -> "";
    };
  }
}
