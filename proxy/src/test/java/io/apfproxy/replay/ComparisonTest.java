package io.apfproxy.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.replay.figures.Span;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link io.apfproxy.replay.audit.LogReplayTest} has what a comparison says. */
class ComparisonTest {
  /** As it does where nothing is compared: it is told by what it is. */
  @Test
  @Tag("V-53")
  void failsByWhatFailedOnOneOfItsThreads() {
    Terms terms = Terms.of(Configurations.queuing(1), 1, new RequestTimeout(Duration.ofMinutes(1)));
    assertThatThrownBy(
            () ->
                new Comparison(terms, terms, new Span(0, 1), 1)
                    .run(
                        server -> {
                          throw new UncheckedIOException(new IOException("no room"));
                        }))
        .isInstanceOf(UncheckedIOException.class);
  }
}
