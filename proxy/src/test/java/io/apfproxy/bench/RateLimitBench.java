package io.apfproxy.bench;

import io.apfproxy.config.RateLimit;
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
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One request at the gate of rate limits, which lets it pass: of as many limits the last concerns
 * it, or none; its key is another one each time. Specification limits.md L-01, L-27.
 */
public class RateLimitBench extends TimedBench {
  private static final int MOST = 1_000_000_000;

  @Param({"11", "256"})
  public int limits;

  /** Users that ask, each as often. */
  @Param({"1", "100000"})
  public int keys;

  private final TimeSource time = TimeSource.system();
  private final Gate none = new RateLimits(time, digest -> 1, address -> false).paces();
  private FakeAsked[] users;
  private Gate gate;
  private FakeAsked stranger;
  private int next;

  /** Configures. */
  @Setup
  public void configure() {
    List<RateLimit> all = new ArrayList<>();
    for (int i = 1; i < limits; i++) {
      all.add(
          Limiting.of("tenant-%04d".formatted(i))
              .rules(BenchConfiguration.rules(Tenants.USERS, i))
              .by("User")
              .perSecond(1, 1));
    }
    all.add(
        Limiting.of("zone")
            .rules(BenchConfiguration.rules(Tenants.GROUPS, 0))
            .by("", 100_000, "User")
            .perSecond(MOST, MOST));
    RateLimits rates = new RateLimits(time, digest -> 1, address -> false);
    rates.apply(all);
    gate = rates.paces();
    stranger = new FakeAsked(BenchConfiguration.get(Tenants.USERS, limits + 1));
    RequestDigest some = BenchConfiguration.get(Tenants.GROUPS, 0);
    users = new FakeAsked[keys];
    for (int i = 0; i < keys; i++) {
      UserInfo user =
          UserInfo.of(
              "system:serviceaccount:shop:checkout-" + i,
              some.user().groups().toArray(String[]::new));
      users[i] = new FakeAsked(new RequestDigest(some.info(), user, ""));
    }
  }

  /** There is no limit at all. */
  @Benchmark
  public boolean unlimited() {
    return none.concerns(stranger);
  }

  /** There are limits, but none for this one. */
  @Benchmark
  public long unconcerned() throws RefusedException {
    return gate.enter(stranger, time.nanoTime());
  }

  /** The last limit concerns it. */
  @Benchmark
  public long passed() throws RefusedException {
    next = next + 1 < keys ? next + 1 : 0;
    return gate.enter(users[next], time.nanoTime());
  }
}
