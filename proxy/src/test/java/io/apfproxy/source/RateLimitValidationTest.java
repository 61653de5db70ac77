package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.Kind;
import io.apfproxy.config.RateLimit;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.RateLimitSamples.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Limits that can be, and what is said of those that cannot; {@code RateLimitKindRealIT} asks the
 * API server about the same ones. Source: specification limits.md L-10 to L-12.
 */
class RateLimitValidationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static List<Sample> samples() {
    return RateLimitSamples.load();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void saysWhichFieldIsWrongAndWhatItShouldBe(Sample sample) {
    List<FieldError> errors = read(sample.object()).errors();

    if (sample.valid()) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(errors)
          .anyMatch(
              error ->
                  error.field().startsWith(sample.field())
                      && error.detail().endsWith(sample.message()));
    }
  }

  /** Whoever is refused by kubectl reads the same as whoever asks {@code check}. */
  @Test
  void theDefinitionSaysTheSame() throws Exception {
    String definition = Files.readString(Path.of("..", "crds", "ratelimits.yaml"));

    assertThat(samples())
        .hasSizeGreaterThanOrEqualTo(60)
        .extracting(Sample::message)
        .allMatch(definition::contains);
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    RateLimit.Spec spec = spec(samples().get(0).object());

    assertThat(spec.stage()).isEqualTo(RateLimit.AFTER_AUTHENTICATION);
    assertThat(spec.longRunning()).isEqualTo(RateLimit.INCLUDE);
    assertThat(spec.unit()).isEqualTo(RateLimit.REQUESTS);
    assertThat(spec.scope()).isEqualTo(RateLimit.PROXY);
    assertThat(spec.key()).isNull();
    assertThat(spec.tokenBucket()).isEqualTo(new RateLimit.TokenBucket(50, "1s", 100, "0s"));
    assertThat(spec.tokenBucket().periodNanos()).isEqualTo(1_000_000_000);
    assertThat(spec.tokenBucket().maxWaitNanos()).isZero();
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() {
    for (Sample sample : samples()) {
      if (sample.valid()) {
        SourceObject read = read(sample.object());
        ObjectNode again = sample.object().deepCopy();
        again.set("spec", JSON.valueToTree(Kind.RATE_LIMIT.encode(read.content())));
        assertThat(spec(again)).as(sample.is()).isEqualTo(read.content().spec());
      }
    }
  }

  private static RateLimit.Spec spec(ObjectNode object) {
    return Kind.RATE_LIMIT.cast(read(object).content()).spec();
  }

  private static SourceObject read(ObjectNode object) {
    return ObjectDecoder.written(object, "here").object().orElseThrow();
  }
}
