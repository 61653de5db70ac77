package io.apfproxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one decision leaves to the collector: counted in bytes, on any machine the same. */
class DecisionBytesTest {
  private static final int ROUNDS = 9;
  private static final int DECISIONS = 2_000;

  /**
   * Compiled it is 240: the request itself is 176. Interpreted, where nothing is optimised away,
   * 304.
   */
  private static final long MOST = 312;

  private final ProxyMetrics meters = new ProxyMetrics();

  @AfterEach
  void close() {
    meters.close();
  }

  @ParameterizedTest
  @CsvSource({"11", "1000"})
  void areFewHoweverManySchemasThereAre(int schemas) {
    ApfFlowControl control = control(schemas);

    assertThat(bytes(control, BenchConfiguration.get(Tenants.USERS, schemas - 3)))
        .as("of a request that may be queued")
        .isLessThanOrEqualTo(MOST);
    assertThat(bytes(control, BenchConfiguration.getExempt()))
        .as("of an exempt one")
        .isLessThanOrEqualTo(MOST);
  }

  private ApfFlowControl control(int schemas) {
    return ApfFlowControl.create(
        FlowControlSettings.of(600),
        BenchConfiguration.of(schemas, Tenants.USERS),
        TimeSource.system(),
        (nanos, action) -> {
          throw new IllegalStateException("nothing lingers");
        },
        meters.flow());
  }

  /** Of one decision, the median of some rounds: what is made once, or by a compiler, is in few. */
  private static long bytes(ApfFlowControl control, RequestDigest asked) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return LongStream.range(0, ROUNDS)
        .map(
            round -> {
              long before = threads.getCurrentThreadAllocatedBytes();
              for (int i = 0; i < DECISIONS; i++) {
                control.admit(asked, AtOnce.INSTANCE);
              }
              return (threads.getCurrentThreadAllocatedBytes() - before) / DECISIONS;
            })
        .sorted()
        .skip(ROUNDS / 2)
        .findFirst()
        .orElseThrow();
  }
}
