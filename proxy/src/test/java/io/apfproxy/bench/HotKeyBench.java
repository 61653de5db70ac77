package io.apfproxy.bench;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.Limiting;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Eight threads ask for one user at the same time; a limit lets all of them pass. With fewer
 * processors each waits for its turn on one besides. Specification limits.md L-27.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Threads(8)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotKeyBench {
  private static final int MOST = 1_000_000_000;

  private final TimeSource time = TimeSource.system();
  private Gate gate;

  /** One request of a thread, asked again and again. */
  @State(Scope.Thread)
  public static class Asker {
    private FakeAsked asked;

    /** Always the same user. */
    @Setup
    public void ask() {
      asked = new FakeAsked("ci");
    }
  }

  /** Configures. */
  @Setup(Level.Trial)
  public void configure() {
    RateLimit limit = Limiting.of("users").by("User").perSecond(MOST, MOST);
    RateLimits rates = new RateLimits(time, digest -> 1, address -> false, 1, Enforcement.ENFORCE);
    rates.apply(List.of(limit));
    gate = rates.paces();
  }

  /** The only limit concerns it. */
  @Benchmark
  public long passed(Asker asker) throws RefusedException {
    return gate.enter(asker.asked, time.nanoTime());
  }
}
