package io.apfproxy.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which new traces are kept: a part of them, and no more than {@value #MOST} in any second.
 * Thread-safe. Source: specification seeing.md V-95.
 */
final class RootSampler implements Sampler {
  static final int MOST = 100;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Sampler part;
  private final Clock clock;
  private final LongAdder tooMany = new LongAdder();

  /** When the last ones were kept, as a ring: the oldest stands where the next one goes. */
  private final long[] kept = new long[MOST];

  private long number;

  /**
   * @param ratio 0 to 1, by the trace's id, so that all who are asked choose the same
   */
  RootSampler(double ratio, Clock clock) {
    this.part = Sampler.traceIdRatioBased(ratio);
    this.clock = clock;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    SamplingResult chosen = part.shouldSample(parent, traceId, name, kind, attributes, links);
    if (chosen.getDecision() == SamplingResult.drop().getDecision() || take(clock.nanoTime())) {
      return chosen;
    }
    tooMany.increment();
    return SamplingResult.drop();
  }

  private synchronized boolean take(long now) {
    int next = (int) (number % MOST);
    if (number >= MOST && now - kept[next] < SECOND) {
      return false;
    }
    kept[next] = now;
    number++;
    return true;
  }

  /** How many were not kept that the ratio alone would have kept. */
  long tooMany() {
    return tooMany.sum();
  }

  @Override
  public String getDescription() {
    return part.getDescription() + ", at most " + MOST + " a second";
  }
}
