package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instants of audit events. */
class MicroTimeTest {
  @Test
  void readsWhatKubeApiserverWritesAsTheJdkDoes() throws BadLine {
    SplittableRandom random = new SplittableRandom(46);
    for (int i = 0; i < 5_000; i++) {
      long micros = random.nextLong(-2_000_000_000_000_000L, 8_000_000_000_000_000L);
      Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      String text = instant.toString().replaceFirst("(\\.\\d*)?Z$", "");
      String written = String.format("%s.%06dZ", text, Math.floorMod(micros, 1_000_000L));
      assertThat(MicroTime.parse("t", written)).as(written).isEqualTo(micros);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:01Z, 1000000",
    "1970-01-01T01:00:00.5+01:00, 500000",
    "1970-01-01T00:00:00.000001999Z, 1"
  })
  void readsOtherFormsOfRfc3339(String text, long micros) throws BadLine {
    assertThat(MicroTime.parse("t", text)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-01-02 15:04:05.123456Z", "2026-13-02T15:04:05Z"})
  void saysWhatIsNone(String text) {
    assertThatThrownBy(() -> MicroTime.parse("stageTimestamp", text))
        .isInstanceOf(BadLine.class)
        .hasMessage(
            "stageTimestamp: found \""
                + text
                + "\", expected an instant such as 2006-01-02T15:04:05.123456Z");
  }
}
