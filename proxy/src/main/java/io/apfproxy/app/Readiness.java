package io.apfproxy.app;

import io.apfproxy.admin.AdminPages.Check;
import io.apfproxy.source.FlowSource;
import io.apfproxy.source.Reconfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether clients are served: the listener is there, the warm-up is over, the upstream answers, the
 * configuration was read, and no stop was asked for. Thread-safe.
 */
final class Readiness {
  private static final Duration LONGEST_CONFIGURING = Duration.ofSeconds(10);

  private final UpstreamHealth upstream;
  private final Optional<Reconfiguration> reconfiguration;
  private final long startedAt;
  private final WarmUp warmUp;
  private volatile boolean listening;
  private volatile boolean stopping;

  /**
   * @param startedAt when the start began, in nanoseconds
   */
  Readiness(
      UpstreamHealth upstream,
      Optional<Reconfiguration> reconfiguration,
      WarmUp warmUp,
      long startedAt) {
    this.warmUp = warmUp;
    this.upstream = upstream;
    this.reconfiguration = reconfiguration;
    this.startedAt = startedAt;
  }

  void listens() {
    listening = true;
  }

  void stops() {
    stopping = true;
  }

  boolean isReady() {
    return listening && warmUp.isOver() && !stopping && upstream.isReached() && isConfigured();
  }

  /** A start does not wait for its configuration for ever: the built-in objects are there. */
  private boolean isConfigured() {
    return reconfiguration.isEmpty()
        || reconfiguration.get().isLoaded()
        || System.nanoTime() - startedAt > LONGEST_CONFIGURING.toNanos();
  }

  /** Each condition by itself, for people. */
  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("upstream", upstream.isReached()));
    checks.add(new Check("listener", listening));
    checks.add(new Check("warm-up", warmUp.isOver(), warmUp.isOver() ? "" : "not finished"));
    checks.add(new Check("shutdown", !stopping));
    reconfiguration.ifPresent(flow -> checks.addAll(configuration(flow)));
    return checks;
  }

  private List<Check> configuration(Reconfiguration flow) {
    boolean configured = isConfigured();
    return flow.sources().stream()
        .map(
            source -> {
              FlowSource.Snapshot snapshot = source.snapshot();
              return new Check(
                  "flowcontrol-" + source.name().replaceFirst(":.*", ""),
                  configured || snapshot.loaded(),
                  note(snapshot));
            })
        .toList();
  }

  private static String note(FlowSource.Snapshot snapshot) {
    if (snapshot.trouble().isEmpty()) {
      return "";
    }
    return snapshot.loaded()
        ? "in trouble, its last version stays in force"
        : "not read yet, the built-in objects are in force";
  }
}
