package io.apfproxy.config;

import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import org.jspecify.annotations.Nullable;

/**
 * Fills in what an object leaves open, per enclosing object: what is absent as a whole stays
 * absent. Source: reference, pkg/apis/flowcontrol/v1/defaults.go.
 */
public final class Defaults {
  static final int MATCHING_PRECEDENCE = 1000;
  static final int NOMINAL_SHARES = 30;
  static final int QUEUES = 64;
  static final int HAND_SIZE = 8;
  static final int QUEUE_LENGTH_LIMIT = 50;

  private Defaults() {}

  public static FlowSchema apply(FlowSchema schema) {
    if (schema.spec().matchingPrecedence() != 0) {
      return schema;
    }
    return new FlowSchema(
        schema.metadata(),
        schema.spec().withMatchingPrecedence(MATCHING_PRECEDENCE),
        schema.conditionTypes());
  }

  public static PriorityLevelConfiguration apply(PriorityLevelConfiguration level) {
    PriorityLevelConfiguration.Spec spec = level.spec();
    return new PriorityLevelConfiguration(
        level.metadata(),
        new PriorityLevelConfiguration.Spec(
            spec.type(), limited(spec.limited()), exempt(spec.exempt())),
        level.conditionTypes());
  }

  private static @Nullable Limited limited(@Nullable Limited limited) {
    if (limited == null) {
      return null;
    }
    LimitResponse response = limited.limitResponse();
    Queuing queuing = response.queuing();
    if (queuing != null) {
      queuing =
          new Queuing(
              orDefault(queuing.queues(), QUEUES),
              orDefault(queuing.handSize(), HAND_SIZE),
              orDefault(queuing.queueLengthLimit(), QUEUE_LENGTH_LIMIT));
    }
    return new Limited(
        orDefault(limited.nominalShares(), NOMINAL_SHARES),
        orDefault(limited.lendablePercent(), 0),
        limited.borrowingLimitPercent(),
        new LimitResponse(response.type(), queuing),
        limited.burst());
  }

  private static @Nullable Exempt exempt(@Nullable Exempt exempt) {
    return exempt == null
        ? null
        : new Exempt(orDefault(exempt.nominalShares(), 0), orDefault(exempt.lendablePercent(), 0));
  }

  private static int orDefault(int value, int otherwise) {
    return value == 0 ? otherwise : value;
  }

  private static Integer orDefault(@Nullable Integer value, int otherwise) {
    return value == null ? Integer.valueOf(otherwise) : value;
  }
}
