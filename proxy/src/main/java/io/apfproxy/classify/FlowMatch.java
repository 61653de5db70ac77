package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;

/**
 * Where a request belongs.
 *
 * @param schemaIndex position of the schema in the configuration's matching order
 * @param flowDistinguisher user, namespace or empty; always empty where the level has not two
 *     queues
 * @param flowHash all 64 bits count; 0 where the level has not two queues
 */
public record FlowMatch(
    int schemaIndex,
    FlowSchema schema,
    PriorityLevelConfiguration level,
    String flowDistinguisher,
    long flowHash) {}
