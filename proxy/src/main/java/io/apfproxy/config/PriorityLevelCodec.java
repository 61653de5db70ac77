package io.apfproxy.config;

import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How {@code v1} writes a priority level. Source: specification apf-config.md 1.4; of bursts, which
 * our own group alone knows, limits.md L-60.
 */
final class PriorityLevelCodec {
  private static final LimitResponse UNSET = new LimitResponse("", null);

  private PriorityLevelCodec() {}

  static PriorityLevelConfiguration read(ObjectMeta metadata, FieldReader spec) {
    return new PriorityLevelConfiguration(
        metadata,
        new PriorityLevelConfiguration.Spec(
            spec.text("type"),
            spec.object("limited", PriorityLevelCodec::limited),
            spec.object("exempt", PriorityLevelCodec::exempt)),
        List.of());
  }

  private static Limited limited(FieldReader limited) {
    return new Limited(
        limited.integer("nominalConcurrencyShares"),
        limited.integer("lendablePercent"),
        limited.integer("borrowingLimitPercent"),
        Objects.requireNonNullElse(
            limited.object("limitResponse", PriorityLevelCodec::response), UNSET),
        limited.isOurs() ? limited.object("burst", PriorityLevelCodec::burst) : null);
  }

  private static Burst burst(FieldReader burst) {
    return new Burst(burst.number("seats"), burst.number("seconds"));
  }

  private static LimitResponse response(FieldReader response) {
    return new LimitResponse(
        response.text("type"), response.object("queuing", PriorityLevelCodec::queuing));
  }

  private static Queuing queuing(FieldReader queuing) {
    return new Queuing(
        queuing.number("queues"), queuing.number("handSize"), queuing.number("queueLengthLimit"));
  }

  private static Exempt exempt(FieldReader exempt) {
    return new Exempt(
        exempt.integer("nominalConcurrencyShares"), exempt.integer("lendablePercent"));
  }

  static Map<String, Object> write(PriorityLevelConfiguration level) {
    PriorityLevelConfiguration.Spec spec = level.spec();
    return new FieldWriter()
        .set("type", spec.type())
        .set("limited", spec.limited(), PriorityLevelCodec::write)
        .set("exempt", spec.exempt(), PriorityLevelCodec::write)
        .map();
  }

  private static Map<String, Object> write(Limited limited) {
    return new FieldWriter()
        .set("nominalConcurrencyShares", limited.nominalShares())
        .set("lendablePercent", limited.lendablePercent())
        .set("borrowingLimitPercent", limited.borrowingLimitPercent())
        .set("limitResponse", write(limited.limitResponse()))
        .set("burst", limited.burst(), PriorityLevelCodec::write)
        .map();
  }

  private static Map<String, Object> write(Burst burst) {
    return new FieldWriter().set("seats", burst.seats()).set("seconds", burst.seconds()).map();
  }

  private static Map<String, Object> write(LimitResponse response) {
    return new FieldWriter()
        .set("type", response.type())
        .set("queuing", response.queuing(), PriorityLevelCodec::write)
        .map();
  }

  private static Map<String, Object> write(Queuing queuing) {
    return new FieldWriter()
        .set("queues", queuing.queues())
        .set("handSize", queuing.handSize())
        .set("queueLengthLimit", queuing.queueLengthLimit())
        .map();
  }

  private static Map<String, Object> write(Exempt exempt) {
    return new FieldWriter()
        .set("nominalConcurrencyShares", exempt.nominalShares())
        .set("lendablePercent", exempt.lendablePercent())
        .map();
  }
}
