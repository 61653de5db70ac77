package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {
  @Test
  void fillsEachPlaceAsItIsWritten() {
    assertThat(
            new Template("bind @{PORT}@; $host @{CA}@@{PORT}@")
                .with(Map.of("PORT", "1", "CA", "/a$1\\b", "OTHER", "x")))
        .isEqualTo("bind 1; $host /a$1\\b1");
  }

  @Test
  void refusesAPlaceWithoutValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Template("@{PORT}@").with(Map.of()))
        .withMessageContaining("@{PORT}@");
  }
}
