package io.apfproxy.app;

import io.apfproxy.budget.AdaptiveBudget;
import io.apfproxy.budget.Budget;
import io.apfproxy.budget.PulseTimes;
import io.apfproxy.budget.SeatUse;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.upstream.Pulse;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches by pulses whether the upstream is there, and lets seats follow what it bears. */
final class UpstreamWatch implements Outage.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamWatch.class);

  private final Budget budget;
  private final @Nullable ApfFlowControl fair;
  private final Outage outage;
  private volatile @Nullable Pulse pulse;

  /**
   * @param hold how long requests in hand wait for its return
   * @param flowControl of whose seats there are few when it is back
   */
  UpstreamWatch(Duration hold, FlowControlPart flowControl) {
    this.budget = flowControl.budget();
    this.fair = flowControl.fair();
    this.outage = new Outage(hold, System::nanoTime, this);
    budget.onChange(seats -> outage.letGo(seats == budget.most() ? Integer.MAX_VALUE : seats));
  }

  Outage outage() {
    return outage;
  }

  /**
   * Begins to watch, on an event loop of its own.
   *
   * @param clients whose event loops serve them
   */
  void start(
      Transports transports,
      Vertx clients,
      UpstreamAccess access,
      ProxyMetrics metrics,
      Closers closers) {
    Vertx own = transports.open(1);
    closers.add("pulse's event loop", () -> Waiting.on(own.close()));
    List<Executor> loops = new ArrayList<>();
    ((VertxInternal) clients).nettyEventLoopGroup().forEach(loops::add);
    Pulse started =
        new Pulse(own, access::upstream, access.ownToken(), outage, follow(metrics), loops);
    closers.add("pulse", () -> Waiting.on(started.close()));
    for (Pulse.Outcome outcome : Pulse.Outcome.values()) {
      metrics.bindPulses(
          outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'), () -> started.count(outcome));
    }
    metrics.bindUpstreamState(outage::isDown);
    metrics.bindSeats(budget::seats, budget.least(), budget.most());
    pulse = started;
    started.start();
  }

  /** Lets seats follow the pulses; null if they do not. */
  private @Nullable PulseTimes follow(ProxyMetrics metrics) {
    ApfFlowControl levels = fair;
    if (levels == null || !(budget instanceof AdaptiveBudget adaptive)) {
      return null;
    }
    adaptive.onMove(new SeatLog(System::nanoTime));
    adaptive.start(() -> use(levels.seatUse()), outage::isDown);
    return metrics.bindAdaptive(adaptive);
  }

  /** Those that have seats and wait for the upstream's return wait for a seat there. */
  private SeatUse use(SeatUse seen) {
    return outage.waiting() == 0 ? seen : seen.andWaiting();
  }

  @Override
  public void pulseWanted() {
    Pulse started = pulse;
    if (started != null) {
      started.now();
    }
  }

  @Override
  public void refusedInside() {
    if (budget instanceof AdaptiveBudget adaptive) {
      adaptive.refusedInside();
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
