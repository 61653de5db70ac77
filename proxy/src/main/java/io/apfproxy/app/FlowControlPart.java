package io.apfproxy.app;

import io.apfproxy.admin.AdminPages.Dump;
import io.apfproxy.budget.AdaptiveBudget;
import io.apfproxy.budget.Budget;
import io.apfproxy.budget.RampedBudget;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.command.Explanation;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.MaxInFlight;
import io.apfproxy.flowcontrol.PresentRequest;
import io.apfproxy.learn.ResponseLearning;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flow control as it was asked for: fair, or the two classic limits.
 *
 * @param budget of seats in all; an {@link AdaptiveBudget} moves once {@link UpstreamWatch} starts
 *     it
 * @param fair null with the classic limits, which have no queues, borrowing or dumps
 * @param learning null with the classic limits, which need not know how wide a request is
 */
record FlowControlPart(
    FlowControl control,
    RateLimits rateLimits,
    Budget budget,
    @Nullable ApfFlowControl fair,
    @Nullable ResponseLearning learning) {
  /**
   * Makes it, and lets the metrics see it.
   *
   * @param recorded whether requests keep what their widths were made from
   * @param unlimited addresses that rate limits by address do not concern
   */
  static FlowControlPart create(
      ProxyOptions.FlowControlling options,
      boolean recorded,
      Predicate<InetAddress> unlimited,
      Timers timers,
      ProxyMetrics metrics) {
    if (!options.fair()) {
      MaxInFlight limits =
          new MaxInFlight(
              options.maxInFlight(), options.maxMutatingInFlight(), TimeSource.system());
      metrics.bindInFlight(limits::readOnlyInFlight, limits::mutatingInFlight);
      int most = classic(options);
      Budget budget = new RampedBudget(Budget.leastOf(most), most, timers);
      return new FlowControlPart(limits, RateLimits.none(), budget, null, null);
    }
    Budget budget = budget(options, timers);
    BurstSeats bursts =
        new BurstSeats(
            options.moving().burst(),
            budget instanceof AdaptiveBudget adaptive ? adaptive::bearsMore : () -> false);
    ApfFlowControl fair =
        ApfFlowControl.create(
            FlowControlSettings.of(options.serverLimit())
                .withLearnedListCost(options.listCost() == ProxyOptions.ListCost.LEARNED)
                .withBursts(bursts)
                .withEnforcement(options.enforcement())
                .withInputs(recorded),
            FlowControlConfiguration.builtIn(),
            TimeSource.system(),
            timers,
            metrics.flow());
    budget.onChange(fair);
    metrics.bindLevels(fair::snapshot, fair::seatFairFraction);
    metrics.bindKinds(fair::load);
    if (bursts.seats() > 0) {
      metrics.bindBursts(fair::bursts);
    }
    ResponseLearning learning =
        new ResponseLearning(fair.learnedObjects(), fair.listCosts(), TimeSource.system());
    metrics.bindBound(
        "learning-bytes", learning::bytesBehind, learning.mostBehind(), learning::givenUp);
    RateLimits rates =
        new RateLimits(
            TimeSource.system(), fair::width, unlimited, options.replicas(), options.enforcement());
    metrics.bindRateLimits(rates::read, rates::waiting);
    return new FlowControlPart(fair, rates, budget, fair, learning);
  }

  private static Budget budget(ProxyOptions.FlowControlling options, Timers timers) {
    int least = options.moving().least();
    int most = options.serverLimit();
    return options.moving().adaptive()
        ? new AdaptiveBudget(
            least,
            most,
            options.moving().target(),
            timers,
            TimeSource.system(),
            () -> ThreadLocalRandom.current().nextDouble())
        : new RampedBudget(least, most, timers);
  }

  /** The classic limits stay as they are; only those in hand are let go by this. */
  private static int classic(ProxyOptions.FlowControlling options) {
    boolean unlimited = options.maxInFlight() == 0 || options.maxMutatingInFlight() == 0;
    return unlimited ? Integer.MAX_VALUE : options.serverLimit();
  }

  void adjustBorrowing() {
    if (fair != null) {
      fair.adjustBorrowing();
    }
  }

  /**
   * Where a request would go now; empty with the classic limits.
   *
   * @throws IllegalArgumentException if this is no request
   */
  Optional<Explanation> explain(
      String method, String url, @Nullable String user, List<String> groups) {
    if (fair == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Explanation.of(
              fair.configuration(), new LiveSeats(fair, rateLimits), method, url, user, groups));
    } catch (RefusedException e) {
      throw new IllegalArgumentException(
          "explain: " + url + " is answered " + e.code() + ": " + e.getMessage(), e);
    }
  }

  /** All levels together, as they are now; null with the classic limits. */
  TopAnswer.@Nullable Levels levels() {
    return fair == null
        ? null
        : fair.snapshot().stream()
            .map(
                level ->
                    new TopAnswer.Levels(
                        level.seatsInUse(),
                        level.exempt() ? 0 : level.currentLimit(),
                        level.executing(),
                        level.waiting()))
            .reduce(new TopAnswer.Levels(0, 0, 0, 0), TopAnswer.Levels::plus);
  }

  /** The requests that wait or execute now; empty with the classic limits. */
  Optional<List<PresentRequest>> present() {
    return Optional.ofNullable(fair).map(ApfFlowControl::present);
  }

  Optional<String> dump(Dump what, boolean withRequestDetails) {
    if (fair == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (what) {
          case PRIORITY_LEVELS -> fair.dumpPriorityLevels();
          case QUEUES -> fair.dumpQueues();
          case REQUESTS -> fair.dumpRequests(withRequestDetails);
        });
  }
}
