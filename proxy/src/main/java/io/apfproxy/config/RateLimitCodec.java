package io.apfproxy.config;

import static io.apfproxy.config.FieldWriter.all;

import io.apfproxy.config.RateLimit.InFlight;
import io.apfproxy.config.RateLimit.LeakyBucket;
import io.apfproxy.config.RateLimit.TokenBucket;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How {@code v1} writes a rate limit. Source: specification limits.md L-11. */
final class RateLimitCodec {
  private static final String PERIOD = "1s";
  private static final String NO_WAIT = "0s";

  private RateLimitCodec() {}

  static RateLimit read(ObjectMeta metadata, FieldReader spec) {
    return new RateLimit(
        metadata,
        new RateLimit.Spec(
            spec.text("stage", RateLimit.AFTER_AUTHENTICATION),
            spec.objects("rules", FlowSchemaCodec::rule),
            spec.objects("exceptSubjects", FlowSchemaCodec::subject),
            spec.texts("userAgents"),
            spec.texts("sourceAddresses"),
            spec.text("longRunning", RateLimit.INCLUDE),
            spec.object("key", RateLimitCodec::key),
            spec.text("unit", RateLimit.REQUESTS),
            spec.text("type"),
            spec.object("tokenBucket", RateLimitCodec::tokens),
            spec.object("leakyBucket", RateLimitCodec::leak),
            spec.object("inFlight", max -> new InFlight(max.number("max"))),
            spec.text("scope", RateLimit.PROXY)),
        List.of());
  }

  private static RateLimit.Key key(FieldReader key) {
    return new RateLimit.Key(
        key.texts("by"),
        key.text("groupPrefix"),
        Objects.requireNonNullElse(key.integer("max"), RateLimit.USUAL_KEYS));
  }

  private static TokenBucket tokens(FieldReader bucket) {
    return new TokenBucket(
        bucket.longNumber("rate"),
        bucket.text("period", PERIOD),
        bucket.longNumber("burst"),
        bucket.text("maxWait", NO_WAIT));
  }

  private static LeakyBucket leak(FieldReader bucket) {
    return new LeakyBucket(
        bucket.longNumber("rate"), bucket.text("period", PERIOD), bucket.longNumber("capacity"));
  }

  static Map<String, Object> write(RateLimit limit) {
    RateLimit.Spec spec = limit.spec();
    return new FieldWriter()
        .set("stage", spec.stage())
        .set("rules", all(spec.rules(), FlowSchemaCodec::write))
        .set("exceptSubjects", all(spec.exceptSubjects(), FlowSchemaCodec::write))
        .set("userAgents", spec.userAgents())
        .set("sourceAddresses", spec.sourceAddresses())
        .set("longRunning", spec.longRunning())
        .set("key", spec.key(), RateLimitCodec::write)
        .set("unit", spec.unit())
        .set("type", spec.type())
        .set("tokenBucket", spec.tokenBucket(), RateLimitCodec::write)
        .set("leakyBucket", spec.leakyBucket(), RateLimitCodec::write)
        .set("inFlight", spec.inFlight(), most -> Map.of("max", most.max()))
        .set("scope", spec.scope())
        .map();
  }

  private static Map<String, Object> write(RateLimit.Key key) {
    return new FieldWriter()
        .set("by", key.by())
        .set("groupPrefix", key.groupPrefix().isEmpty() ? null : key.groupPrefix())
        .set("max", key.max())
        .map();
  }

  private static Map<String, Object> write(TokenBucket bucket) {
    return new FieldWriter()
        .set("rate", bucket.rate())
        .set("period", bucket.period())
        .set("burst", bucket.burst())
        .set("maxWait", bucket.maxWait())
        .map();
  }

  private static Map<String, Object> write(LeakyBucket bucket) {
    return new FieldWriter()
        .set("rate", bucket.rate())
        .set("period", bucket.period())
        .set("capacity", bucket.capacity())
        .map();
  }
}
