package io.apfproxy.app;

import io.apfproxy.classify.Hazard;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.watch.ClusterSource;
import io.apfproxy.kube.write.BootstrapEnsurer;
import io.apfproxy.kube.write.ConditionWriter;
import io.apfproxy.kube.write.LeaderLease;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.source.BuiltInSource;
import io.apfproxy.source.FilesSource;
import io.apfproxy.source.FlowSource;
import io.apfproxy.source.Reconfiguration;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens what {@code --flowcontrol-source} asks for, and puts it to work. */
final class FlowSources {
  private static final Duration FILES_PERIOD = Duration.ofSeconds(1);
  private static final String LEASE = "apf-proxy-conditions";

  private FlowSources() {}

  /** Empty with the classic limits. */
  static Optional<Reconfiguration> open(
      ProxyOptions.FlowControlling options,
      FlowControlPart part,
      UpstreamAccess access,
      ProxyMetrics metrics,
      Closers closers) {
    ApfFlowControl fair = part.fair();
    if (fair == null) {
      return Optional.empty();
    }
    List<FlowSource> sources = new ArrayList<>();
    @Nullable ConditionWriter conditions = null;
    for (ProxyOptions.Source source : options.sources()) {
      switch (source.kind()) {
        case BUILTIN -> sources.add(new BuiltInSource());
        case FILES ->
            sources.add(new FilesSource(Objects.requireNonNull(source.folder()), FILES_PERIOD));
        case NATIVE ->
            sources.add(
                ClusterSource.builtIntoKubernetes(access.client(), ClusterSource.Periods.STANDARD));
        case CRD -> {
          ClusterSource custom =
              ClusterSource.custom(access.client(), ClusterSource.Periods.STANDARD);
          sources.add(custom);
          LeaderLease lease = closers.add("lease", LeaderLease.open(access.client(), LEASE));
          conditions =
              closers.add(
                  "conditions",
                  ConditionWriter.open(
                      access.client(), custom, lease, inForce -> idle(options, inForce)));
          if (options.createSuggested()) {
            closers.add("bootstrap objects", BootstrapEnsurer.open(access.client(), lease));
          }
        }
      }
    }
    ConditionWriter writer = conditions;
    Timers thread = closers.add("reconfiguration thread", new Timers("reconfiguration"));
    Reconfiguration reconfiguration =
        closers.add(
            "reconfiguration",
            new Reconfiguration(
                fair,
                sources,
                (verdicts, inForce) -> {
                  part.rateLimits().apply(inForce.rateLimits().values());
                  if (writer != null) {
                    writer.report(verdicts, inForce);
                  }
                },
                metrics::configurationChanged,
                thread,
                TimeSource.system()));
    for (FlowSource source : sources) {
      measure(source, reconfiguration, metrics);
    }
    reconfiguration.start();
    return Optional.of(reconfiguration);
  }

  private static void measure(
      FlowSource source, Reconfiguration reconfiguration, ProxyMetrics metrics) {
    metrics.bindSource(
        source.name(), source::ageSeconds, () -> source.snapshot().trouble().isEmpty());
    for (State state : State.values()) {
      metrics.bindConfigObjects(
          source.name(),
          state.name().toLowerCase(Locale.ROOT),
          () -> reconfiguration.count(source.name(), state));
    }
  }

  /** What has no effect in a proxy with these options. */
  static List<Hazard> idle(ProxyOptions.FlowControlling options, FlowControlConfiguration inForce) {
    List<Hazard> idle = new ArrayList<>();
    if (options.moving().burst() == 0) {
      idle.addAll(Hazard.idleBursts(inForce));
    }
    if (options.replicas() == 1) {
      idle.addAll(Hazard.fleetsOfOne(inForce));
    }
    return idle;
  }
}
