package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The edges that the recordings do not touch. */
class MetadataValidationTest {
  private static final int MOST_BYTES = 262_144;
  private static final String KEY = "example.com/note";

  @Test
  void takes256KibibytesOfAnnotations() {
    assertThat(errors("x".repeat(MOST_BYTES - KEY.length()))).isZero();
    assertThat(errors("x".repeat(MOST_BYTES - KEY.length() + 1))).isOne();
  }

  @Test
  void countsAnnotationsInBytesOfUtf8() {
    String wide = "\u20ac"; // 3 bytes

    assertThat(errors(wide.repeat((MOST_BYTES - KEY.length()) / 3))).isZero();
    assertThat(errors(wide.repeat((MOST_BYTES - KEY.length()) / 3 + 1))).isOne();
  }

  private static int errors(String annotation) {
    FieldErrors errors = new FieldErrors();
    MetadataValidation.validate(ObjectMeta.of("a", "", Map.of(KEY, annotation)), errors);
    return errors.toList().size();
  }
}
