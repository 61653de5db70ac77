package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases of Go's own test of time.ParseDuration among them. */
class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "+0, 0",
    "5s, 5000000000",
    "-5s, -5000000000",
    "1.5h, 5400000000000",
    "1.s, 1000000000",
    ".5s, 500000000",
    "5.6s, 5600000000",
    "1ns, 1",
    "10us, 10000",
    "10\u00b5s, 10000",
    "10\u03bcs, 10000",
    "1m2s3ms, 62003000000",
    "52763797000ns, 52763797000",
    "0.3333333333333333333h, 1200000000000",
    "9007199254740993ns, 9007199254740993",
    "9223372036854775807ns, 9223372036854775807",
    "-9223372036854775808ns, -9223372036854775808",
    "0.100000000000000000000h, 360000000000",
  })
  void readsGoDurations(String text, long nanos) {
    assertThat(GoDuration.parse(text)).hasValue(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "-",
        "-1",
        "s",
        ".",
        "-.",
        ".s",
        "+.s",
        "1d",
        "1 s",
        "1S",
        "9223372036854775808ns",
        "3000000h",
        "9223372036854775.808us",
        "99999999999999999999s",
        "\u0661s",
      })
  void refusesEverythingElse(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "1500, 1.5µs",
    "999, 999ns",
    "1000, 1µs",
    "1001, 1.001µs",
    "999990, 999.99µs",
    "5000000, 5ms",
    "41666666, 41.666666ms",
    "1000000001, 1.000000001s",
    "1500000000, 1.5s",
    "59999999999, 59.999999999s",
    "60000000000, 1m0s",
    "3600000000000, 1h0m0s",
    "3661500000000, 1h1m1.5s",
    "9223372036854775807, 2562047h47m16.854775807s"
  })
  void writesAsGoDoes(long nanos, String text) {
    assertThat(GoDuration.text(nanos)).isEqualTo(text);
    assertThat(GoDuration.parse(text)).hasValue(nanos);
  }
}
