package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.SourceObject;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How changes of the sources come into force, in virtual time. */
class ReconfigurationTest {
  private final ManualTime time = new ManualTime();
  private final List<Due> agenda = new ArrayList<>();
  private final ChangingSource source = new ChangingSource();
  private final List<String> failures = new ArrayList<>();
  private int applied;
  private int routed;
  private int toFail;

  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(10),
          FlowControlConfiguration.builtIn(),
          time,
          this::later,
          new FlowMetrics() {
            @Override
            public FlowMeter flow(String priorityLevel, String flowSchema) {
              return FlowMeter.NONE;
            }

            @Override
            public void inForce(Set<Lead> leads) {
              routed++;
              if (toFail > 0) {
                toFail--;
                throw new IllegalStateException("does not come into force");
              }
            }
          });
  private final Reconfiguration reconfiguration =
      new Reconfiguration(
          control, List.of(source), (verdicts, inForce) -> {}, () -> applied++, this::later, time);

  private record Due(long at, Runnable action) {}

  private void later(long nanos, Runnable action) {
    agenda.add(new Due(time.nanoTime() + nanos, action));
  }

  private void advance(Duration by) {
    long steps = by.toMillis();
    for (long i = 0; i < steps; i++) {
      time.advance(Duration.ofMillis(1));
      List<Due> due = agenda.stream().filter(next -> next.at() <= time.nanoTime()).toList();
      agenda.removeAll(due);
      due.forEach(next -> guarded(next.action()));
    }
  }

  /** As the thread does it: what one action throws is logged, and the next ones are done. */
  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (IllegalStateException e) {
      failures.add(e.getMessage());
    }
  }

  @Test
  void aChangeThatFailsIsTriedAgainThoughNoSourceChangesAnyMore() {
    reconfiguration.start();
    advance(Duration.ofSeconds(5));
    applied = 0;
    toFail = 2;

    source.change();
    advance(Duration.ofSeconds(30));

    assertThat(failures).as("not again and again").hasSize(2);
    assertThat(applied).isEqualTo(1);
    assertThat(control.configuration().schemas())
        .extracting(schema -> schema.spec().matchingPrecedence())
        .contains(source.precedence);
  }

  @Test
  void aChangeAfterOneThatFailedNeedNotWaitForThatToBeTriedAgain() {
    reconfiguration.start();
    advance(Duration.ofSeconds(5));
    applied = 0;
    toFail = 1;
    source.change();
    advance(Duration.ofMillis(20));
    assertThat(applied).isZero();

    source.change();
    advance(Duration.ofMillis(1_020));

    assertThat(applied).isEqualTo(1);
  }

  @Test
  @Tag("V-70")
  void knowsWhenItsSourceHasChangedForTheLastTime() {
    reconfiguration.start();
    advance(Duration.ofSeconds(5));
    SourceChange first = reconfiguration.lastChange("changing").orElseThrow();
    assertThat(first.added()).isPositive();
    assertThat(reconfiguration.lastChange("another")).isEmpty();

    source.change();
    advance(Duration.ofSeconds(5));
    SourceChange second = reconfiguration.lastChange("changing").orElseThrow();
    assertThat(second.time()).isAfter(first.time());
    assertThat(List.of(second.added(), second.altered(), second.removed()))
        .containsExactly(0, 1, 0);
  }

  @Test
  @Tag("S68")
  void aSingleChangeIsInForceAtOnceAndContinualOnesOnceASecond() {
    reconfiguration.start();
    advance(Duration.ofSeconds(5));
    applied = 0;

    source.change();
    advance(Duration.ofMillis(20));
    assertThat(applied).isEqualTo(1);

    advance(Duration.ofSeconds(5));
    applied = 0;
    for (int i = 0; i < 1_000; i++) { // a hundred a second, ten seconds long
      source.change();
      advance(Duration.ofMillis(10));
    }
    assertThat(applied).isBetween(10, 11);
    advance(Duration.ofSeconds(2));
    assertThat(control.configuration().schemas())
        .extracting(schema -> schema.spec().matchingPrecedence())
        .contains(source.precedence);
  }

  /** Else who is told that the proxy is ready would meet the built-in objects. */
  @Test
  void isLoadedOnceWhatWasReadIsInForceWhichIsAtOnce() {
    source.read = false;
    reconfiguration.start();
    advance(Duration.ofMillis(100));

    source.read = true;
    source.change();
    advance(Duration.ofMillis(9));
    assertThat(reconfiguration.isLoaded()).as("read, and not in force").isFalse();
    advance(Duration.ofMillis(11));

    assertThat(reconfiguration.isLoaded()).isTrue();
    assertThat(applied).isEqualTo(1);
  }

  /** Levels are not looked at, nor is a borrowing period, nor what requests go by made anew. */
  @Test
  void aChangeOfRateLimitsAloneComesIntoForceAndDisturbsNoLevel() {
    reconfiguration.start();
    advance(Duration.ofSeconds(5));
    applied = 0;
    int before = routed;

    source.limit(20);
    advance(Duration.ofSeconds(1));
    assertThat(source.rate(control.configuration())).isEqualTo(20);
    source.limit(30);
    advance(Duration.ofSeconds(1));
    assertThat(source.rate(control.configuration())).isEqualTo(30);
    assertThat(applied).isEqualTo(2);
    assertThat(routed).isEqualTo(before);

    source.mode("shadow"); // its annotation alone
    advance(Duration.ofSeconds(1));
    assertThat(control.configuration().rateLimits().values())
        .allMatch(limit -> Enforcement.of(limit, Enforcement.ENFORCE).equals(Enforcement.SHADOW));
    assertThat(applied).isEqualTo(3);
    assertThat(routed).isEqualTo(before);

    source.change(); // of the schema: limits stay
    advance(Duration.ofSeconds(1));
    assertThat(source.rate(control.configuration())).isEqualTo(30);
    assertThat(routed).isEqualTo(before + 1);

    source.limit(0);
    advance(Duration.ofSeconds(1));
    assertThat(control.configuration().rateLimits()).isEmpty();
  }

  /** Holds one schema, whose precedence is another one with each change. */
  private static final class ChangingSource implements FlowSource {
    private Runnable listener = () -> {};
    private boolean read = true;
    private int precedence = 2;
    private int rate;
    private String mode = "enforce";

    void change() {
      precedence++;
      listener.run();
    }

    void mode(String next) {
      mode = next;
      listener.run();
    }

    /** One rate limit; none at 0. */
    void limit(int each) {
      rate = each;
      listener.run();
    }

    long rate(FlowControlConfiguration configuration) {
      return configuration.rateLimits().values().stream()
          .mapToLong(limit -> limit.spec().tokenBucket().rate())
          .sum();
    }

    @Override
    public String name() {
      return "changing";
    }

    @Override
    public void start(Runnable changed) {
      listener = changed;
    }

    @Override
    public Snapshot snapshot() {
      var probes =
          Bootstrap.flowSchemas().stream()
              .filter(schema -> schema.name().equals("probes"))
              .findFirst()
              .orElseThrow();
      var spec = probes.spec();
      var changed =
          new io.apfproxy.config.FlowSchema(
              probes.metadata(),
              new io.apfproxy.config.FlowSchema.Spec(
                  spec.priorityLevel(), precedence, spec.distinguisherMethod(), spec.rules()),
              List.of());
      List<SourceObject> objects = new ArrayList<>();
      objects.add(SourceObject.of(changed, "memory"));
      Bootstrap.priorityLevels().forEach(level -> objects.add(SourceObject.of(level, "memory")));
      if (rate > 0) {
        ObjectNode limit = RateLimitSamples.load().get(0).object();
        limit.withObject("/spec/tokenBucket").put("rate", rate);
        limit.withObject("/metadata/annotations").put(Enforcement.ANNOTATION, mode);
        objects.add(ObjectDecoder.written(limit, "memory").object().orElseThrow());
      }
      return new Snapshot(read, read ? objects : List.of(), "");
    }

    @Override
    public double ageSeconds() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
