package io.apfproxy.metrics;

import io.apfproxy.budget.AdaptiveBudget;
import io.apfproxy.budget.PulseTimes;
import io.apfproxy.budget.SeatChange;
import io.apfproxy.budget.UpstreamLoad;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.KindLoad;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.limit.LimitReading;
import io.apfproxy.live.LevelTotals;
import io.apfproxy.live.Observed;
import io.apfproxy.process.Cgroup;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.refusals.RefusalBook;
import io.apfproxy.report.talkers.Dimension;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.report.talkers.TopUsers;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All meters of one proxy, and their text for Prometheus. A registry of its own, so that proxies in
 * one process do not mix. Thread-safe.
 */
public final class ProxyMetrics implements AutoCloseable {
  private static final double NANOS = 1e9;

  private final PrometheusRegistry prometheus = new PrometheusRegistry();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final FlowMeters flow = new FlowMeters(prometheus);
  private final Reporter events =
      Reporter.all(
          new ProxyMeters(registry), new WatchMeters(registry), new UpstreamMeter(prometheus));

  private final Counter configurationChanges = ProxyMeterName.CONFIG_CHANGES.counter(registry);

  /** Micrometer holds what its counters read by weak references only. */
  private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

  private final List<Supplier<Observed.Bound>> bounds = new CopyOnWriteArrayList<>();

  public ProxyMetrics() {
    ProcessMetrics.builder().register(prometheus);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  /** Where flow control counts. */
  public FlowMetrics flow() {
    return flow;
  }

  /** What each priority level has refused and let wait, by its name. */
  public Map<String, LevelTotals> levelTotals() {
    return flow.totals();
  }

  /** What each would have refused and let wait of those it does not hold to its decisions. */
  public Map<String, LevelTotals> wouldTotals() {
    return flow.wouldTotals();
  }

  /** What clients can fill, as full as it is now; rates are left out. */
  public List<Observed.Bound> bounds() {
    return bounds.stream().map(Supplier::get).toList();
  }

  /** Where the data path counts. */
  public Reporter events() {
    return events;
  }

  /** Shows the levels, and how seats were last shared, as they are at each scrape. */
  public void bindLevels(Supplier<List<LevelSnapshot>> levels, DoubleSupplier fairFraction) {
    prometheus.register(new LevelGauges(levels, fairFraction));
  }

  /** Shows what waits and executes of each kind, at each scrape. */
  public void bindKinds(Function<KindLoad.Kind, KindLoad.Reading> loads) {
    prometheus.register(new KindGauges(loads));
  }

  /** Shows what levels that may burst have saved and spend, at each scrape. */
  public void bindBursts(Supplier<? extends Map<String, BurstState>> bursts) {
    prometheus.register(new BurstGauges(bursts));
  }

  /** Shows what rate limits do, at each scrape. */
  public void bindRateLimits(Supplier<List<LimitReading>> limits, IntSupplier waiting) {
    prometheus.register(new RateLimitGauges(limits));
    gauge(ProxyMeterName.RATE_LIMIT_WAITING, waiting::getAsInt);
  }

  /** Shows the classic limits' use, as kube-apiserver does, but as it is at the scrape. */
  public void bindInFlight(IntSupplier readOnly, IntSupplier mutating) {
    inFlight("readOnly", readOnly);
    inFlight("mutating", mutating);
  }

  private void inFlight(String kind, IntSupplier number) {
    gauge(ProxyMeterName.CURRENT_IN_FLIGHT, number::getAsInt, "request_kind", kind);
  }

  /** Shows whether the proxy is ready. */
  public void bindReady(BooleanSupplier ready) {
    gauge(ProxyMeterName.READY, () -> ready.getAsBoolean() ? 1 : 0);
  }

  /** Shows how long the serving certificate lasts. */
  public void bindCertificate(DoubleSupplier daysLeft) {
    gauge(ProxyMeterName.CERTIFICATE_DAYS, daysLeft);
  }

  /**
   * Shows how long a certificate lasts that the proxy presents to upstream.
   *
   * @param certificate one of few fixed names
   */
  public void bindClientCertificate(String certificate, DoubleSupplier daysLeft) {
    gauge(ProxyMeterName.CLIENT_CERTIFICATE_DAYS, daysLeft, "certificate", certificate);
  }

  /**
   * Shows something that clients can fill.
   *
   * @param used null if it is a rate
   */
  public void bindBound(
      String rule, @Nullable LongSupplier used, long limit, LongSupplier overflows) {
    if (used != null) {
      bounds.add(() -> new Observed.Bound(rule, used.getAsLong(), limit));
      gauge(ProxyMeterName.BOUND_USED, used::getAsLong, "rule", rule);
    }
    gauge(ProxyMeterName.BOUND_LIMIT, () -> limit, "rule", rule);
    counter(ProxyMeterName.BOUND_OVERFLOWS, overflows, "rule", rule);
  }

  /** Shows how many bytes of responses wait so that their seats can go back. */
  public void bindResponseBuffer(LongSupplier bytes) {
    gauge(ProxyMeterName.RESPONSE_BUFFERED, bytes::getAsLong);
  }

  /** Shows whether anybody is there upstream. */
  public void bindUpstreamState(BooleanSupplier down) {
    gauge(ProxyMeterName.UPSTREAM_STATE, () -> down.getAsBoolean() ? 0 : 1, "state", "up");
    gauge(ProxyMeterName.UPSTREAM_STATE, () -> down.getAsBoolean() ? 1 : 0, "state", "down");
  }

  /**
   * Shows how many pulses ended in one way.
   *
   * @param outcome one of few fixed names
   */
  public void bindPulses(String outcome, LongSupplier pulses) {
    counter(ProxyMeterName.UPSTREAM_PULSES, pulses, "outcome", outcome);
  }

  /** Shows how many seats there are in all. */
  public void bindSeats(IntSupplier now, int min, int max) {
    gauge(ProxyMeterName.SEATS, now::getAsInt, "bound", "now");
    gauge(ProxyMeterName.SEATS, () -> min, "bound", "min");
    gauge(ProxyMeterName.SEATS, () -> max, "bound", "max");
  }

  /**
   * Shows how seats follow the upstream's delay.
   *
   * @return to be told of pulses in its place
   */
  public PulseTimes bindAdaptive(AdaptiveBudget budget) {
    gauge(ProxyMeterName.UPSTREAM_DELAY, () -> budget.reading().delayNanos() / NANOS);
    gauge(ProxyMeterName.UPSTREAM_BASE, () -> budget.reading().baseNanos() / NANOS);
    for (UpstreamLoad load : UpstreamLoad.values()) {
      if (load != UpstreamLoad.DOWN) {
        String state = load.name().toLowerCase(Locale.ROOT);
        gauge(
            ProxyMeterName.UPSTREAM_STATE,
            () -> budget.reading().load() == load ? 1 : 0,
            "state",
            state);
      }
    }
    for (SeatChange why : SeatChange.values()) {
      counter(ProxyMeterName.SEATS_CHANGES, () -> budget.count(why), "why", why.label());
    }
    return new PulseMeter(budget, registry);
  }

  /** Shows how top talkers are counted. */
  public void bindTalkers(Talkers talkers) {
    counter(ProxyMeterName.TALKER_RECORDS_LOST, talkers::lost);
    for (Dimension by : Dimension.values()) {
      gauge(ProxyMeterName.TALKER_COUNTERS, () -> talkers.fullest(by), "by", by.label());
    }
  }

  /** Names the heaviest users. */
  public void bindTopUsers(Supplier<List<TopUsers.User>> users) {
    prometheus.register(new TopUserGauges(users));
  }

  /** Shows how full the refusal book is. */
  public void bindRefusals(RefusalBook book) {
    gauge(ProxyMeterName.REFUSALS_REMEMBERED, book::remembered);
    counter(ProxyMeterName.REFUSALS_NOT_REMEMBERED, book::pushedOut, "why", "newer");
    counter(ProxyMeterName.REFUSALS_NOT_REMEMBERED, book::leftOut, "why", "many");
    gauge(ProxyMeterName.REFUSAL_KINDS, book::kinds);
    counter(ProxyMeterName.REFUSAL_KINDS_OVERFLOWED, book::kindOverflows);
  }

  /** Shows how many seconds event streams have missed. */
  public void bindMissedTicks(LongSupplier ticks) {
    counter(ProxyMeterName.EVENT_TICKS_MISSED, ticks);
  }

  /** Shows how many header lines were dropped that claimed an identity. */
  public void bindDisbelieved(LongSupplier lines) {
    counter(ProxyMeterName.DISBELIEVED_HEADERS, lines);
  }

  /** Counts the requests of the break-glass listener. */
  public Reporter breakGlassRequests() {
    return new BreakGlassMeters(registry);
  }

  /**
   * Shows the break-glass listener.
   *
   * @param daysLeft until its authority ends
   */
  public void bindBreakGlass(
      LongSupplier connections, IntSupplier seatsInUse, DoubleSupplier daysLeft) {
    gauge(ProxyMeterName.BREAK_GLASS_CONNECTIONS, connections::getAsLong);
    gauge(ProxyMeterName.BREAK_GLASS_SEATS, seatsInUse::getAsInt);
    gauge(ProxyMeterName.BREAK_GLASS_CA_DAYS, daysLeft);
  }

  private void counter(ProxyMeterName name, LongSupplier number, String... tags) {
    counted.add(number);
    FunctionCounter.builder(name.meterName(), number, LongSupplier::getAsLong)
        .description(name.help())
        .tags(tags)
        .register(registry);
  }

  /** Shows how many lines of the log were dropped. */
  public void bindDroppedLines(LongSupplier dropped) {
    counter(ProxyMeterName.LOG_DROPPED, dropped);
  }

  /**
   * Shows how many lines a log of requests is missing.
   *
   * @param log which one
   */
  public void bindAccessLog(String log, LongSupplier dropped) {
    counter(ProxyMeterName.ACCESS_LOG_DROPPED, dropped, "log", log);
  }

  /** Shows how many spans traces are missing. */
  public void bindSpansDropped(LongSupplier dropped) {
    counter(ProxyMeterName.SPANS_DROPPED, dropped);
  }

  /** Shows what the container of the proxy may have, as it is at each scrape. */
  public void bindCgroup(Cgroup cgroup) {
    prometheus.register(new CgroupGauges(cgroup));
  }

  /** Shows one source of schemas and levels. */
  public void bindSource(String source, DoubleSupplier ageSeconds, BooleanSupplier up) {
    gauge(ProxyMeterName.CONFIG_AGE, ageSeconds, "source", source);
    gauge(ProxyMeterName.CONFIG_SOURCE_UP, () -> up.getAsBoolean() ? 1 : 0, "source", source);
  }

  /** Shows how many objects of a source are in one state. */
  public void bindConfigObjects(String source, String state, IntSupplier number) {
    gauge(ProxyMeterName.CONFIG_OBJECTS, number::getAsInt, "source", source, "state", state);
  }

  /** Counts a change of the schemas and levels in force. */
  public void configurationChanged() {
    configurationChanges.increment();
  }

  /** Names what runs, and on what. */
  public void describe(String version, String transport, String tls, int seats) {
    info(ProxyMeterName.BUILD_INFO, "version", "java_version")
        .setLabelValues(version, Runtime.version().toString());
    info(ProxyMeterName.TRANSPORT_INFO, "transport", "tls").setLabelValues(transport, tls);
    gauge(ProxyMeterName.SERVER_LIMIT, () -> seats);
  }

  /** Micrometer would cut the suffix of the name. */
  private Info info(ProxyMeterName name, String... labels) {
    return Info.builder()
        .name(name.meterName())
        .help(name.help())
        .labelNames(labels)
        .register(prometheus);
  }

  private void gauge(ProxyMeterName name, DoubleSupplier value, String... tags) {
    name.gauge(registry, value, tags);
  }

  /** Prometheus' text format, version 0.0.4. Reads every gauge: not for an event loop. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
