package io.apfproxy.app;

import io.apfproxy.budget.RampedBudget;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.upstream.Pulse;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches by pulses whether the upstream is there, and lets seats grow when it is back. */
final class UpstreamWatch implements Outage.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamWatch.class);

  private final RampedBudget budget;
  private final Outage outage;
  private volatile @Nullable Pulse pulse;

  /**
   * @param hold how long requests in hand wait for its return
   * @param budget of seats, of which there are few when it is back
   */
  UpstreamWatch(Duration hold, RampedBudget budget) {
    this.budget = budget;
    this.outage = new Outage(hold, System::nanoTime, this);
    budget.onChange(seats -> outage.letGo(seats == budget.most() ? Integer.MAX_VALUE : seats));
  }

  Outage outage() {
    return outage;
  }

  /** Begins to watch, on an event loop of its own. */
  void start(Transports transports, UpstreamAccess access, ProxyMetrics metrics, Closers closers) {
    Vertx own = transports.open(1);
    closers.add("pulse's event loop", () -> Waiting.on(own.close()));
    Pulse started = new Pulse(own, access::upstream, access.ownToken(), outage);
    closers.add("pulse", () -> Waiting.on(started.close()));
    for (Pulse.Outcome outcome : Pulse.Outcome.values()) {
      metrics.bindPulses(outcome.name().toLowerCase(Locale.ROOT), () -> started.count(outcome));
    }
    metrics.bindUpstreamState(outage::isDown);
    metrics.bindSeats(budget::seats, budget.least(), budget.most());
    pulse = started;
    started.start();
  }

  @Override
  public void pulseWanted() {
    Pulse started = pulse;
    if (started != null) {
      started.now();
    }
  }

  @Override
  public void down() {
    LOG.warn("upstream is down: neither pulses nor requests are answered");
  }

  @Override
  public void back(Outage of, long awayNanos) {
    LOG.info("upstream is back after {} s", TimeUnit.NANOSECONDS.toSeconds(awayNanos));
    budget.begin();
  }
}
