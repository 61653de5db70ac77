package io.apfproxy.bench;

import io.apfproxy.config.Enforcement;
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
 * What a request costs flow control whose level holds nobody to it, beside one that is held: the
 * same request, with seats for it, so that nobody waits or would wait. At most a tenth more time
 * and no byte more. Specification seeing.md V-33.
 */
public class ShadowBench extends TimedBench {
  private static final int SCHEMAS = 100;

  /** Of all levels. */
  @Param({"enforce", "shadow"})
  public String enforcement;

  private final ProxyMetrics meters = new ProxyMetrics();
  private ApfFlowControl control;
  private RequestDigest ofATenant;

  /** Configures. */
  @Setup
  public void configure() {
    control =
        ApfFlowControl.create(
            FlowControlSettings.of(600)
                .withEnforcement(Enforcement.parse(enforcement).orElseThrow()),
            BenchConfiguration.of(SCHEMAS, Tenants.USERS),
            TimeSource.system(),
            (nanos, action) -> {
              throw new IllegalStateException("nothing waits or lingers");
            },
            meters.flow());
    ofATenant = BenchConfiguration.get(Tenants.USERS, SCHEMAS - 3);
  }

  /** No seat is held, and the level did decide what it was to hold nobody to. */
  @TearDown
  public void check() {
    boolean counted =
        meters
            .scrape()
            .lines()
            .filter(
                line -> line.startsWith("apf_proxy_shadow_request_wait_duration_seconds_count{"))
            .anyMatch(line -> !line.matches(".* 0(\\.0)?"));
    meters.close();
    if (counted != enforcement.equals("shadow")) {
      throw new IllegalStateException(enforcement + ", counted in shadow: " + counted);
    }
    control
        .snapshot()
        .forEach(
            level -> {
              if (level.seatsInUse() != 0) {
                throw new IllegalStateException(level.toString());
              }
            });
  }

  /** A tenant's request, which ends when it begins. */
  @Benchmark
  public Admission passed() {
    return control.admit(ofATenant, AtOnce.INSTANCE);
  }
}
