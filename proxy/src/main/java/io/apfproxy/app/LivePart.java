package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.command.RefusalJson;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.MaxInFlight;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.live.LevelTotals;
import io.apfproxy.live.Observed;
import io.apfproxy.live.Sampler;
import io.apfproxy.live.Topic;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.refusals.RefusalNews;
import io.apfproxy.report.refusals.Refused;
import io.apfproxy.report.talkers.Dimension;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.source.Reconfiguration;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.apfproxy.upstream.wire.Credential;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** What the dashboard sees of a running proxy. */
final class LivePart implements Observed {
  /** Gauge of the streams; it is one of the bounds. */
  static final String STREAMS = "event-streams";

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private static final NowQuestion HEAVIEST_USERS = new NowQuestion(Dimension.USER, false, 10);

  private final String instance = UUID.randomUUID().toString();
  private final Parts parts;
  private final Optional<LiveSources> sources;

  /** What it looks at. */
  record Parts(
      ProxyOptions.FlowControlling options,
      FlowControlPart flowControl,
      Optional<Reconfiguration> reconfiguration,
      TalkersPart talkers,
      Readiness readiness,
      ServingCertificate certificate,
      UpstreamAccess access,
      UpstreamGate gate,
      ProxyMetrics metrics) {}

  private LivePart(Parts parts) {
    this.parts = parts;
    this.sources =
        parts
            .reconfiguration()
            .map(one -> new LiveSources(one, parts.flowControl(), parts.options()));
  }

  /** Looks once a second from now on. */
  static Sampler open(Parts parts, Closers closers) {
    Timers thread = closers.add("dashboard", new Timers("dashboard"));
    Sampler sampler = new Sampler(new LivePart(parts), thread, TimeSource.system());
    thread.every(PERIOD, sampler::tick);
    return sampler;
  }

  @Override
  public List<LevelSnapshot> levels() {
    ApfFlowControl fair = parts.flowControl().fair();
    return fair == null ? List.of() : fair.snapshot();
  }

  @Override
  public OptionalInt queueLengthLimit(String level) {
    ApfFlowControl fair = parts.flowControl().fair();
    PriorityLevelConfiguration object =
        fair == null ? null : fair.configuration().levels().get(level);
    Queuing queuing = object == null ? null : object.queuing();
    return queuing == null ? OptionalInt.empty() : OptionalInt.of(queuing.queueLengthLimit());
  }

  @Override
  public Optional<List<QueueRow>> queues(String level) {
    ApfFlowControl fair = parts.flowControl().fair();
    return fair == null ? Optional.empty() : fair.queues(level);
  }

  @Override
  public List<NowAnswer.Row> users(String level) {
    ApfFlowControl fair = parts.flowControl().fair();
    return fair == null
        ? List.of()
        : NowAnswer.of(HEAVIEST_USERS, TimeSource.system().epochMillis(), fair.present(level))
            .rows();
  }

  @Override
  public Map<String, LevelTotals> totals() {
    return parts.metrics().levelTotals();
  }

  @Override
  public Map<String, LevelTotals> wouldTotals() {
    return parts.metrics().wouldTotals();
  }

  @Override
  public RefusalNews refusals(long position) {
    return parts.talkers().book().since(position);
  }

  @Override
  public String refusal(Refused one) {
    return RefusalJson.write(one);
  }

  @Override
  public long refusalsInAll() {
    return parts.talkers().book().total();
  }

  @Override
  public HeaviestFlow heaviest() {
    return parts.talkers().heaviest();
  }

  @Override
  public Optional<String> top(Topic.Top question) {
    return parts
        .talkers()
        .top(
            parts.flowControl()::levels,
            question.by(),
            question.window(),
            question.sort(),
            null,
            "json");
  }

  @Override
  public Head head() {
    List<Bound> bounds = parts.metrics().bounds();
    return new Head(
        Version.NUMBER,
        instance,
        String.valueOf(parts.access().upstream().server()),
        parts.gate().version(),
        parts.readiness().checks().stream()
            .map(check -> new Check(check.name(), check.ok(), check.note()))
            .toList(),
        bounds,
        certificates(),
        pools(),
        parts.talkers().talkers() != null,
        parts.talkers().lost(),
        bounds.stream()
            .filter(bound -> bound.rule().equals(STREAMS))
            .mapToInt(bound -> (int) bound.used())
            .sum());
  }

  private List<Certificate> certificates() {
    Instant now = Instant.now();
    List<Certificate> certificates = new ArrayList<>();
    certificates.add(new Certificate("serving", parts.certificate().daysLeft(now)));
    for (Credential credential : Credential.values()) {
      parts
          .access()
          .daysLeft(credential, now)
          .ifPresent(
              days ->
                  certificates.add(
                      new Certificate(
                          credential.name().toLowerCase(Locale.ROOT).replace('_', '-'), days)));
    }
    return certificates;
  }

  private List<Pool> pools() {
    if (!(parts.flowControl().control() instanceof MaxInFlight limits)) {
      return List.of();
    }
    return List.of(
        new Pool("reading", limits.readOnlyInFlight(), parts.options().maxInFlight()),
        new Pool("writing", limits.mutatingInFlight(), parts.options().maxMutatingInFlight()));
  }

  @Override
  public List<Source> sources() {
    return sources.map(LiveSources::look).orElse(List.of());
  }
}
