package io.apfproxy.command;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.config.RateLimit.InFlight;
import io.apfproxy.config.RateLimit.LeakyBucket;
import io.apfproxy.config.RateLimit.TokenBucket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rate limit says, in few words, to compare it with another one. */
final class RateLimitFields {
  private static final String UNSET = "-";

  private final Map<String, String> fields = new LinkedHashMap<>();

  private RateLimitFields() {}

  /** Of each limit of a configuration, by its name. */
  static Map<String, Map<String, String>> of(FlowControlConfiguration configuration) {
    Map<String, Map<String, String>> byName = new LinkedHashMap<>();
    configuration.rateLimits().forEach((name, limit) -> byName.put(name, of(limit)));
    return byName;
  }

  private static Map<String, String> of(RateLimit limit) {
    RateLimit.Spec spec = limit.spec();
    RateLimitFields fields = new RateLimitFields();
    fields.fields.put("type", spec.type());
    fields.fields.put("unit", spec.unit());
    fields.amounts(spec.tokenBucket(), spec.leakyBucket(), spec.inFlight());
    fields.fields.put("key", key(spec.key()));
    fields.fields.put("keys", spec.key() == null ? UNSET : String.valueOf(spec.key().max()));
    fields.fields.put("stage", spec.stage());
    fields.fields.put("longRunning", spec.longRunning());
    fields.fields.put("userAgents", list(spec.userAgents()));
    fields.fields.put("sourceAddresses", list(spec.sourceAddresses()));
    fields.fields.put("scope", spec.scope());
    fields.fields.put(
        "enforcement", limit.metadata().annotations().getOrDefault(Enforcement.ANNOTATION, UNSET));
    fields.fields.put("except", counted(spec.exceptSubjects()));
    fields.fields.put("rules", counted(spec.rules()));
    return fields.fields;
  }

  private void amounts(
      @Nullable TokenBucket tokens, @Nullable LeakyBucket leak, @Nullable InFlight inFlight) {
    String rate = UNSET;
    if (tokens != null) {
      rate = tokens.rate() + " each " + tokens.period();
    } else if (leak != null) {
      rate = leak.rate() + " each " + leak.period();
    }
    fields.put("rate", rate);
    fields.put("burst", tokens == null ? UNSET : String.valueOf(tokens.burst()));
    fields.put("maxWait", tokens == null ? UNSET : tokens.maxWait());
    fields.put("capacity", leak == null ? UNSET : String.valueOf(leak.capacity()));
    fields.put("max", inFlight == null ? UNSET : String.valueOf(inFlight.max()));
  }

  private static String key(RateLimit.@Nullable Key key) {
    if (key == null || key.by().isEmpty()) {
      return UNSET;
    }
    return list(key.by()) + (key.groupPrefix().isEmpty() ? "" : " of " + key.groupPrefix());
  }

  private static String list(List<String> values) {
    return values.isEmpty() ? UNSET : String.join("+", values);
  }

  /** As many, and what tells them from as many others. */
  private static String counted(List<?> values) {
    return values.isEmpty() ? UNSET : values.size() + " " + values;
  }
}
