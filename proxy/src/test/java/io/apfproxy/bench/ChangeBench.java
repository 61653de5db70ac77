package io.apfproxy.bench;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.RateLimit;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.Limiting;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What happens off the event loops now and then: a limit with many keys gets another rate, and many
 * levels share another number of seats. Specification limits.md L-28, L-48.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChangeBench extends TimedBench {
  private static final int LEVELS = 1_000;
  private static final long BURST = 1_000;

  /** Of the limit; none is full again while it is measured. */
  @Param({"100000"})
  public int keys;

  private final RateLimits rates =
      new RateLimits(TimeSource.system(), digest -> 1, address -> false, 1, Enforcement.ENFORCE);
  private ApfFlowControl control;
  private int changes;

  /** Configures, and lets each key miss something. */
  @Setup
  public void configure() throws RefusedException {
    List<RateLimit> slow = limits(1);
    rates.apply(slow);
    Gate gate = rates.paces();
    RequestDigest some = BenchConfiguration.get(Tenants.GROUPS, 0);
    String[] groups = some.user().groups().toArray(String[]::new);
    for (int i = 0; i < keys; i++) {
      UserInfo user = UserInfo.of("user-" + i, groups);
      gate.enter(
          new FakeAsked(new RequestDigest(some.info(), user, "")), TimeSource.system().nanoTime());
    }
    control =
        ApfFlowControl.create(
            FlowControlSettings.of(6_000),
            levels(),
            TimeSource.system(),
            (nanos, action) -> {
              throw new IllegalStateException("nothing lingers");
            },
            FlowMetrics.NONE);
  }

  private static List<RateLimit> limits(long rate) {
    return List.of(
        Limiting.of("tenants")
            .rules(BenchConfiguration.rules(Tenants.GROUPS, 0))
            .by("", 100_000, "User")
            .tokens(rate, "1m", BURST, "0s"));
  }

  private static FlowControlConfiguration levels() {
    List<FlowSchema> schemas = new ArrayList<>();
    List<PriorityLevelConfiguration> levels = new ArrayList<>();
    for (int i = 0; i < LEVELS - 2; i++) {
      String name = "level-%04d".formatted(i);
      schemas.add(
          new FlowSchema(
              ObjectMeta.of(name, "", Map.of()),
              new FlowSchema.Spec(
                  name, 1000, FlowSchema.BY_USER, BenchConfiguration.rules(Tenants.USERS, i)),
              List.of()));
      levels.add(
          new PriorityLevelConfiguration(
              ObjectMeta.of(name, "", Map.of()),
              new PriorityLevelConfiguration.Spec(
                  PriorityLevelConfiguration.LIMITED,
                  new Limited(
                      30,
                      50,
                      null,
                      new LimitResponse(PriorityLevelConfiguration.QUEUE, new Queuing(64, 6, 50))),
                  null),
              List.of()));
    }
    return FlowControlConfiguration.digest(schemas, levels, null);
  }

  /** What each key misses stays missing, in units of the new rate. */
  @Benchmark
  public void rateOfALimit() {
    rates.apply(limits(1 + changes++ % 2));
  }

  /** A thousand levels get their limits and bounds. */
  @Benchmark
  public void seatsOfAllLevels() {
    control.resize(5_000 + changes++ % 2 * 1_000);
  }
}
