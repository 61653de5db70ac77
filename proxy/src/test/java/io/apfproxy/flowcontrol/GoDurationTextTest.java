package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "1500, 1.5µs",
    "5000000, 5ms",
    "41666666, 41.666666ms",
    "1500000000, 1.5s",
    "60000000000, 1m0s",
    "3661500000000, 1h1m1.5s"
  })
  void writesAsGoDoes(long nanos, String text) {
    assertThat(GoDurationText.of(nanos)).isEqualTo(text);
  }
}
