package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JavaHeapTest {
  @Test
  void readsTheHeapOfG1() {
    assertThat(
            JavaHeap.used(
                """
                4711:
                 garbage-first heap   total 264192K, used 1500K [0x0000000700000000, 0x0000000800000000)
                  region size 1024K, 1 young (1024K), 0 survivors (0K)
                 Metaspace       used 900K, committed 1024K, reserved 1114112K
                  class space    used 80K, committed 128K, reserved 1048576K
                """))
        .hasValue(1500 << 10);
  }

  @Test
  void addsTheGenerationsOfOtherCollectors() {
    assertThat(
            JavaHeap.used(
                """
                4711:
                 def new generation   total 9792K, used 10K [0x01, 0x02, 0x03)
                  eden space 8704K,   0% used [0x01, 0x02, 0x03)
                 tenured generation   total 21888K, used 700K [0x01, 0x02, 0x03)
                   the space 21888K,   3% used [0x01, 0x02, 0x03, 0x04)
                 Metaspace       used 80K, committed 256K, reserved 1114112K
                """))
        .hasValue(710 << 10);
    assertThat(
            JavaHeap.used(
                """
                 PSYoungGen      total 76288K, used 20K [0x01, 0x02, 0x03)
                 ParOldGen       total 175104K, used 600K [0x01, 0x02, 0x03)
                """))
        .hasValue(620 << 10);
  }

  @Test
  void knowsNothingOfOtherText() {
    assertThat(JavaHeap.used("4711:\n")).isEmpty();
  }
}
