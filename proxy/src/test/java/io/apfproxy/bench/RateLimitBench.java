package io.apfproxy.bench;

import io.apfproxy.config.Enforcement;
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
 * it, or none. Another user asks each time. What a bucket costs, its key's hash included, is {@code
 * passed} less {@code found}; {@code memory}, with as many keys, is what it costs at least to read
 * one of them. Specification limits.md L-01, L-27.
 */
public class RateLimitBench extends TimedBench {
  /** A second, of all users together; fewer than ask, so that no bucket is ever full again. */
  private static final int RATE = 1_000_000;

  private static final int BURST_SECONDS = 80_000;

  @Param({"11", "256"})
  public int limits;

  /** Users that ask, each as often. */
  @Param({"1", "100000"})
  public int keys;

  private final TimeSource time = TimeSource.system();
  private final Gate none =
      new RateLimits(time, digest -> 1, address -> false, 1, Enforcement.ENFORCE).paces();
  private FakeAsked[] users;
  private Gate forThem;
  private Gate forOthers;
  private Gate forAnotherProgram;
  private FakeAsked stranger;
  private int next;
  private int touched;
  private long place;
  private long[] memory;

  /** Configures. */
  @Setup
  public void configure() {
    forThem = gate(0, "");
    forOthers = gate(1, "");
    forAnotherProgram = gate(0, "kubectl/");
    stranger = new FakeAsked(BenchConfiguration.get(Tenants.USERS, limits + 1));
    RequestDigest some = BenchConfiguration.get(Tenants.GROUPS, 0);
    memory = new long[keys * 8];
    users = new FakeAsked[keys];
    for (int i = 0; i < keys; i++) {
      UserInfo user =
          UserInfo.of(
              "system:serviceaccount:shop:checkout-" + i,
              some.user().groups().toArray(String[]::new));
      users[i] = new FakeAsked(new RequestDigest(some.info(), user, ""));
    }
  }

  /** The last limit is for a program of a group. */
  private Gate gate(int group, String agent) {
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
            .rules(BenchConfiguration.rules(Tenants.GROUPS, group))
            .agents(agent)
            .by("", 100_000, "User")
            .perSecond(RATE / keys, (long) RATE / keys * BURST_SECONDS));
    RateLimits rates = new RateLimits(time, digest -> 1, address -> false, 1, Enforcement.ENFORCE);
    rates.apply(all);
    return rates.paces();
  }

  /** One of whom everything was just read: it comes out of memory here, not at the gate. */
  private FakeAsked arrived() {
    next = next + 1 < keys ? next + 1 : 0;
    FakeAsked asked = users[next];
    String name = asked.digest().user().name();
    touched += name.charAt(0) + name.charAt(name.length() - 1);
    return asked;
  }

  /** There is no limit at all. */
  @Benchmark
  public boolean unlimited() {
    return none.concerns(stranger);
  }

  /** There are limits, but none for this one. */
  @Benchmark
  public long unconcerned() throws RefusedException {
    return forOthers.enter(arrived(), time.nanoTime()) + touched;
  }

  /** The rules of the last limit match it, but it is no such program. */
  @Benchmark
  public long found() throws RefusedException {
    return forAnotherProgram.enter(arrived(), time.nanoTime()) + touched;
  }

  /** One word somewhere in as much memory as there is for the keys, and the clock. */
  @Benchmark
  public long memory() {
    place = place * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
    return memory[(int) (((place >>> 32) * memory.length) >>> 32)]++ + time.nanoTime();
  }

  /** The last limit concerns it. */
  @Benchmark
  public long passed() throws RefusedException {
    return forThem.enter(arrived(), time.nanoTime()) + touched;
  }
}
