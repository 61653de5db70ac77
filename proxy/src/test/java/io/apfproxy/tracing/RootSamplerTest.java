package io.apfproxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("New traces (V-95)")
class RootSamplerTest {
  private static final long SECOND = 1_000_000_000L;

  private final ManualClock clock = new ManualClock();
  private final SplittableRandom random = new SplittableRandom(1);

  private boolean isKept(RootSampler sampler) {
    String id = "%016x%016x".formatted(random.nextLong() | 1, random.nextLong());
    return sampler
            .shouldSample(Context.root(), id, "GET", SpanKind.SERVER, Attributes.empty(), List.of())
            .getDecision()
        == SamplingDecision.RECORD_AND_SAMPLE;
  }

  private int kept(RootSampler sampler, int asked) {
    int kept = 0;
    for (int i = 0; i < asked; i++) {
      kept += isKept(sampler) ? 1 : 0;
    }
    return kept;
  }

  @Test
  void areKeptByTheRatio() {
    RootSampler tenth = new RootSampler(0.1, clock);
    int kept = 0;
    for (int second = 0; second < 100; second++) {
      clock.moveTo(second * SECOND);
      kept += kept(tenth, 100);
    }
    assertThat(kept).isBetween(900, 1100);
    assertThat(tenth.tooMany()).isZero();
    assertThat(kept(new RootSampler(0, clock), 1000)).isZero();
  }

  @Test
  void areAHundredInAnySecondAtMost() {
    RootSampler all = new RootSampler(1, clock);
    clock.moveTo(-SECOND / 2); // it may be negative
    assertThat(kept(all, 60)).isEqualTo(60);
    clock.moveTo(SECOND / 4);
    assertThat(kept(all, 60)).isEqualTo(40);
    assertThat(all.tooMany()).isEqualTo(20);
    clock.moveTo(SECOND / 2 - 1);
    assertThat(kept(all, 10)).as("within a second of the first").isZero();
    clock.moveTo(SECOND / 2);
    assertThat(kept(all, 100)).as("those of the first instant are a second old").isEqualTo(60);
    clock.moveTo(5 * SECOND);
    assertThat(kept(all, 500)).isEqualTo(100);
  }
}
