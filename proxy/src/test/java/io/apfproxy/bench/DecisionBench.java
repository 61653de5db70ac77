package io.apfproxy.bench;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The whole of flow control for one request: classify, estimate, queue, lease, give back; nobody
 * waits. The counterpart of the reference's Handle; counts into Prometheus' meters as the product.
 */
public class DecisionBench extends TimedBench {
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
}
