package io.apfproxy.metrics;

import io.apfproxy.budget.PulseTimes;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

/** Meters how long pulses take, and passes it on. Thread-safe. */
final class PulseMeter implements PulseTimes {
  private static final Duration[] BUCKETS =
      DoubleStream.of(0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 50, 100, 250, 500, 1000, 2000)
          .mapToObj(millis -> Duration.ofNanos((long) (millis * 1e6)))
          .toArray(Duration[]::new);

  private final PulseTimes next;
  private final Timer pulses;
  private final Timer waits;

  PulseMeter(PulseTimes next, MeterRegistry registry) {
    this.next = next;
    this.pulses = timer(ProxyMeterName.UPSTREAM_PULSE_SECONDS, registry);
    this.waits = timer(ProxyMeterName.EVENT_LOOP_WAIT_SECONDS, registry);
  }

  private static Timer timer(ProxyMeterName name, MeterRegistry registry) {
    return Timer.builder(name.meterName())
        .description(name.help())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  @Override
  public boolean wantsMany() {
    return next.wantsMany();
  }

  @Override
  public void took(long nanos, long queued) {
    pulses.record(nanos, TimeUnit.NANOSECONDS);
    waits.record(queued, TimeUnit.NANOSECONDS);
    next.took(nanos, queued);
  }

  @Override
  public void ownDelay() {
    next.ownDelay();
  }
}
