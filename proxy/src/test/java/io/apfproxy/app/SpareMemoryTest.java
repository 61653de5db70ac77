package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpareMemoryTest {
  private static final HotSpotDiagnosticMXBean JVM =
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);

  private static List<String> bounds() {
    return List.of(
        JVM.getVMOption("MinHeapFreeRatio").getValue(),
        JVM.getVMOption("MaxHeapFreeRatio").getValue());
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long committed() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }

  /** What the heap takes while much of it is in use, of which nothing is in use afterwards. */
  private static long committedWhenFull() {
    List<byte[]> large = IntStream.range(0, 64).mapToObj(i -> new byte[1 << 20]).toList();
    long full = committed();
    assertThat(large).hasSize(64);
    return full;
  }

  @Test
  void leavesAHeapHardlyLargerThanWhatIsInUse() {
    long full = committedWhenFull();

    SpareMemory.collect();

    assertThat(committed()).isLessThan(full - (32L << 20));
  }

  @Test
  void leavesTheJvmsOwnBoundsAsTheyWere() {
    List<String> before = bounds();

    SpareMemory.collect();

    assertThat(bounds()).isEqualTo(before);
  }

  @Test
  void isNotForAProxyInAnothersProcess() {
    long before = collections();

    SpareMemory.giveBack();

    assertThat(collections()).isEqualTo(before);
  }
}
