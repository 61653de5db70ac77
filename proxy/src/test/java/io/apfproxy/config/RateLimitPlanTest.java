package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.RateLimit.TokenBucket;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rate limits beside schemas and levels. Source: specification limits.md L-10, L-26. */
class RateLimitPlanTest {
  @Test
  void anInvalidLimitStandsForItsLastValidVersion() {
    ConfigurationPlan good = plan(null, limit("a", 10, 1));
    ConfigurationPlan bad = plan(good, limit("a", 0, 1));

    assertThat(bad.digest().rateLimits().get("a").spec().tokenBucket().rate()).isEqualTo(10);
    assertThat(bad.verdicts())
        .extracting(ConfigurationPlan.Verdict::state)
        .containsExactly(State.LAST_VALID);
    assertThat(bad.sameAs(good)).isTrue();
  }

  @Test
  void aChangeOfLimitsAloneIsAChangeOfNothingElse() {
    ConfigurationPlan before = plan(null, limit("a", 10, 1));
    ConfigurationPlan after = plan(before, limit("a", 11, 1));

    assertThat(after.sameAs(before)).isFalse();
    assertThat(after.sameAs(before, Kind.RATE_LIMIT)).isFalse();
    assertThat(after.sameAs(before, Kind.FLOW_SCHEMA)).isTrue();
    assertThat(after.sameAs(before, Kind.PRIORITY_LEVEL)).isTrue();
  }

  /** L-32: an annotation that says how a limit is treated is a change of it like any other. */
  @Test
  void aChangeOfItsAnnotationAloneIsAChange() {
    ConfigurationPlan before = plan(null, annotated("a", Map.of("team", "x")));
    ConfigurationPlan after =
        plan(before, annotated("a", Map.of(Enforcement.ANNOTATION, "shadow")));

    assertThat(after.sameAs(before)).isFalse();
    assertThat(plan(before, annotated("a", Map.of("team", "y"))).sameAs(before)).isTrue();
    assertThat(
            plan(before, annotated("a", Map.of(Enforcement.ANNOTATION, "enforce"))).sameAs(before))
        .as("the flag may say otherwise")
        .isFalse();
  }

  /** V-30: or a slip of the pen in an annotation would take a limit away. */
  @Test
  void anEnforcementThatIsNoneIsNoError() {
    assertThat(annotated("a", Map.of(Enforcement.ANNOTATION, "shadwo")).errors()).isEmpty();
  }

  private static SourceObject annotated(String name, Map<String, String> annotations) {
    RateLimit limit = Kind.RATE_LIMIT.cast(limit(name, 10, 1).content());
    return SourceObject.of(
        new RateLimit(ObjectMeta.of(name, "", annotations), limit.spec(), List.of()), "here");
  }

  /** Or a cluster with limits and nothing else would lose kube-apiserver's own schemas. */
  @Test
  void limitsAloneDoNotStandForSchemasAndLevels() {
    assertThat(plan(null, limit("a", 10, 1)).digest().levels()).containsKey("workload-low");
    assertThat(BuiltInObjects.all()).noneMatch(o -> o.key().kind().equals(Kind.RATE_LIMIT));
    assertThat(Kind.natives()).doesNotContain(Kind.RATE_LIMIT);
  }

  @Test
  void the257thLimitIsRefused() {
    ConfigurationPlan full =
        plan(
            null,
            IntStream.range(0, 256)
                .mapToObj(i -> limit("m" + i, 10, 1))
                .toArray(SourceObject[]::new));
    ConfigurationPlan over =
        plan(
            full,
            IntStream.range(-1, 256)
                .mapToObj(i -> i < 0 ? limit("a-newcomer", 10, 1) : limit("m" + i, 10, 1))
                .toArray(SourceObject[]::new));

    assertThat(over.digest().rateLimits()).hasSize(256).doesNotContainKey("a-newcomer");
    assertThat(refusals(over)).containsExactly("at most 256 RateLimits are kept");
  }

  @Test
  void theNewestBeyondHalfAMillionKeysIsRefused() {
    ConfigurationPlan full =
        plan(
            null,
            IntStream.range(0, 5)
                .mapToObj(i -> limit("m" + i, 10, 100_000))
                .toArray(SourceObject[]::new));
    ConfigurationPlan over =
        plan(
            full,
            IntStream.range(-1, 5)
                .mapToObj(i -> i < 0 ? limit("a-newcomer", 10, 1) : limit("m" + i, 10, 100_000))
                .toArray(SourceObject[]::new));

    assertThat(over.digest().rateLimits()).hasSize(5).doesNotContainKey("a-newcomer");
    assertThat(refusals(over))
        .containsExactly("at most 500000 keys (spec.key.max) of all RateLimits together are kept");
  }

  /** A bound is no reason to lose what was in force, neither of the object nor of another one. */
  @Test
  void aLimitThatGrowsBeyondStaysAsItWas() {
    ConfigurationPlan before = plan(null, full(10, 50_000));
    ConfigurationPlan after = plan(before, full(20, 50_001));

    assertThat(after.digest().rateLimits()).hasSize(6);
    assertThat(after.digest().rateLimits().get("a").spec().tokenBucket().rate()).isEqualTo(10);
    assertThat(after.verdicts().get(0).state()).isEqualTo(State.LAST_VALID);
    assertThat(after.verdicts().get(0).object().errors())
        .extracting(FieldError::detail)
        .containsExactly("at most 500000 keys (spec.key.max) of all RateLimits together are kept");
    assertThat(plan(after, full(20, 50_000)).digest().rateLimits().get("a").spec().tokenBucket())
        .extracting(TokenBucket::rate)
        .isEqualTo(20L);
  }

  /** All keys there are, if the first limit has 50,000 of them. */
  private static SourceObject[] full(long rate, int keys) {
    return Stream.concat(
            Stream.of(limit("a", rate, keys)),
            IntStream.range(0, 5).mapToObj(i -> limit("m" + i, 10, 90_000)))
        .toArray(SourceObject[]::new);
  }

  @Test
  void isFoundInTheConfigurationThatFollows() {
    FlowControlConfiguration limited = plan(null, limit("a", 10, 1)).digest();

    FlowControlConfiguration next =
        FlowControlConfiguration.digest(
            Bootstrap.flowSchemas(), Bootstrap.priorityLevels(), limited);

    assertThat(next.rateLimits()).isEqualTo(limited.rateLimits()).containsOnlyKeys("a");
    assertThat(next.withRateLimits(List.of()).rateLimits()).isEmpty();
    assertThat(next.withRateLimits(List.of()).schemas()).isEqualTo(next.schemas());
  }

  private static List<String> refusals(ConfigurationPlan plan) {
    return plan.verdicts().stream()
        .filter(verdict -> verdict.state() == State.REJECTED)
        .flatMap(verdict -> verdict.object().errors().stream())
        .map(FieldError::detail)
        .toList();
  }

  private static ConfigurationPlan plan(ConfigurationPlan before, SourceObject... limits) {
    return ConfigurationPlan.of(List.of(new Layer("crd", true, List.of(limits))), before);
  }

  private static SourceObject limit(String name, long rate, int keys) {
    RateLimit.Spec spec =
        new RateLimit.Spec(
            RateLimit.AFTER_AUTHENTICATION,
            List.of(
                new Rule(
                    List.of(Subject.user("*")),
                    List.of(),
                    List.of(new NonResourceRule(List.of("*"), List.of("*"))))),
            List.of(),
            List.of(),
            List.of(),
            RateLimit.INCLUDE,
            new RateLimit.Key(List.of(RateLimit.USER), "", keys),
            RateLimit.REQUESTS,
            RateLimit.TOKEN_BUCKET,
            new TokenBucket(rate, "1s", 10, "0s"),
            null,
            null,
            RateLimit.PROXY);
    return SourceObject.of(
        new RateLimit(ObjectMeta.of(name, "", Map.of()), spec, List.of()), "test");
  }
}
