package io.apfproxy.bench;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole of flow control for one request: classify, estimate, queue, lease, give back; nobody
 * waits. The counterpart of the reference's Handle; counts into Prometheus' meters as the product.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBench {
  @Param({"11", "100", "1000"})
  public int schemas;

  private final ProxyMetrics meters = new ProxyMetrics();
  private ApfFlowControl control;
  private RequestDigest ofLastTenant;
  private RequestDigest exempt;

  /** Configures. */
  @Setup
  public void configure() {
    control =
        ApfFlowControl.create(
            FlowControlSettings.of(600),
            BenchConfiguration.of(schemas, Tenants.USERS),
            TimeSource.system(),
            (nanos, action) -> {
              throw new IllegalStateException("nothing lingers");
            },
            meters.flow());
    ofLastTenant = BenchConfiguration.get(Tenants.USERS, schemas - 3);
    exempt = BenchConfiguration.getExempt();
  }

  /** No seat is held. */
  @TearDown
  public void check() {
    meters.close();
    control
        .snapshot()
        .forEach(
            level -> {
              if (level.seatsInUse() != 0) {
                throw new IllegalStateException(level.toString());
              }
            });
  }

  /** A tenant's request; its schema is the last but one. */
  @Benchmark
  public Admission queued() {
    return control.admit(ofLastTenant, AtOnce.INSTANCE);
  }

  /** A request that never waits. */
  @Benchmark
  public Admission exempt() {
    return control.admit(exempt, AtOnce.INSTANCE);
  }

  /** Is served in no time. */
  private enum AtOnce implements AdmissionListener {
    INSTANCE;

    @Override
    public void onExecute(SeatLease lease) {
      lease.close();
    }

    @Override
    public void onReject(Rejection rejection) {
      throw new IllegalStateException("refused: " + rejection);
    }
  }
}
