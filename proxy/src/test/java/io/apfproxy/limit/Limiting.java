package io.apfproxy.limit;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.RateLimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes rate limits, for every request of everybody if nothing else is said. */
public final class Limiting {
  private static final List<String> ALL = List.of("*");

  private final String name;
  private String stage = RateLimit.AFTER_AUTHENTICATION;
  private List<Rule> rules =
      List.of(
          new Rule(
              List.of(Subject.user("*")),
              List.of(new ResourceRule(ALL, ALL, ALL, true, ALL)),
              List.of(new NonResourceRule(ALL, ALL))));
  private List<Subject> except = List.of();
  private List<String> agents = List.of();
  private List<String> networks = List.of();
  private String longRunning = RateLimit.INCLUDE;
  private RateLimit.@Nullable Key key;
  private String unit = RateLimit.REQUESTS;
  private String scope = RateLimit.PROXY;
  private Map<String, String> annotations = Map.of();

  private Limiting(String name) {
    this.name = name;
  }

  public static Limiting of(String name) {
    return new Limiting(name);
  }

  public Limiting beforeAuthentication() {
    stage = RateLimit.BEFORE_AUTHENTICATION;
    rules =
        rules.stream()
            .map(rule -> new Rule(List.of(), rule.resourceRules(), rule.nonResourceRules()))
            .toList();
    return this;
  }

  public Limiting rules(List<Rule> some) {
    rules = some;
    return this;
  }

  /** Resources only. */
  public Limiting verbs(String... verbs) {
    rules =
        List.of(
            new Rule(
                List.of(Subject.user("*")),
                List.of(new ResourceRule(List.of(verbs), ALL, ALL, true, ALL)),
                List.of()));
    return this;
  }

  public Limiting except(Subject... subjects) {
    except = List.of(subjects);
    return this;
  }

  public Limiting agents(String... prefixes) {
    agents = List.of(prefixes);
    return this;
  }

  public Limiting from(String... blocks) {
    networks = List.of(blocks);
    return this;
  }

  public Limiting longRunning(String which) {
    longRunning = which;
    return this;
  }

  public Limiting by(String... parts) {
    return by("", 1_000, parts);
  }

  public Limiting by(String groupPrefix, int max, String... parts) {
    key = new RateLimit.Key(List.of(parts), groupPrefix, max);
    return this;
  }

  public Limiting unit(String what) {
    unit = what;
    return this;
  }

  /** Of all proxies together. */
  public Limiting ofTheFleet() {
    scope = RateLimit.FLEET;
    return this;
  }

  public Limiting inShadow() {
    return enforcement("shadow");
  }

  /** By its annotation. */
  public Limiting enforcement(String said) {
    annotations = Map.of(Enforcement.ANNOTATION, said);
    return this;
  }

  public RateLimit perSecond(long rate, long burst) {
    return tokens(rate, "1s", burst, "0s");
  }

  public RateLimit tokens(long rate, String period, long burst, String maxWait) {
    return limit(
        RateLimit.TOKEN_BUCKET,
        new RateLimit.TokenBucket(rate, period, burst, maxWait),
        null,
        null);
  }

  public RateLimit leaking(long rate, long capacity) {
    return limit(
        RateLimit.LEAKY_BUCKET, null, new RateLimit.LeakyBucket(rate, "1s", capacity), null);
  }

  public RateLimit atATime(int max) {
    return limit(RateLimit.IN_FLIGHT, null, null, new RateLimit.InFlight(max));
  }

  private RateLimit limit(
      String type,
      RateLimit.@Nullable TokenBucket tokens,
      RateLimit.@Nullable LeakyBucket leak,
      RateLimit.@Nullable InFlight inFlight) {
    return new RateLimit(
        ObjectMeta.of(name, "", annotations),
        new RateLimit.Spec(
            stage,
            rules,
            except,
            agents,
            networks,
            longRunning,
            key,
            unit,
            type,
            tokens,
            leak,
            inFlight,
            scope),
        List.of());
  }
}
