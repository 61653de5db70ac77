package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.report.talkers.Talk;
import java.lang.management.ManagementFactory;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a line allocates (V-90)")
class LineBytesTest {
  private static final int LINES = 1_000;

  /** The texts of numbers, instants and durations, and what the encoder wraps. */
  private static final int MOST = 640;

  private static final Account[] ONE = {
    Talk.of(1, "ann", "GET", "/api/v1/namespaces/shop/pods", "kubectl/v1.37")
        .into("global-default", "global-default", "ann")
        .waited(3)
        .moved(100, 4_000)
        .ended(9_123_456)
  };

  private static long bytes(IntUnaryOperator lines) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int made = lines.applyAsInt(0);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < LINES; i++) {
      made += lines.applyAsInt(i);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(made).as("bytes of lines").isGreaterThan(LINES);
    return allocated / LINES;
  }

  @Test
  void isLittleInTheAccessLog() {
    assertThat(bytes(Lines.access(ONE))).isLessThan(MOST);
  }

  @Test
  void isLittleInARecording() {
    assertThat(bytes(Lines.recorded(ONE, Naming.PLAIN))).isLessThan(MOST);
  }
}
