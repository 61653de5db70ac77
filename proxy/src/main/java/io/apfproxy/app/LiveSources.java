package io.apfproxy.app;

import io.apfproxy.classify.Hazard;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.live.Observed.Change;
import io.apfproxy.live.Observed.Condition;
import io.apfproxy.live.Observed.Item;
import io.apfproxy.live.Observed.Source;
import io.apfproxy.source.FlowSource;
import io.apfproxy.source.ObjectCondition;
import io.apfproxy.source.Reconfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the dashboard sees of the sources. Not thread-safe. */
final class LiveSources {
  private final Reconfiguration reconfiguration;
  private final ApfFlowControl flowControl;
  private final ProxyOptions.FlowControlling options;
  private final Map<String, List<Item>> items = new HashMap<>();
  private List<Verdict> itemised = List.of();

  LiveSources(
      Reconfiguration reconfiguration,
      FlowControlPart flowControl,
      ProxyOptions.FlowControlling options) {
    this.reconfiguration = reconfiguration;
    this.flowControl = Objects.requireNonNull(flowControl.fair());
    this.options = options;
  }

  @SuppressWarnings("ReferenceEquality") // which ones they are, not what they say
  List<Source> look() {
    List<Verdict> verdicts = reconfiguration.verdicts();
    if (verdicts != itemised) {
      itemise(verdicts);
    }
    List<Source> sources = new ArrayList<>();
    for (FlowSource source : reconfiguration.sources()) {
      FlowSource.Snapshot snapshot = source.snapshot();
      List<Item> objects = items.getOrDefault(source.name(), List.of());
      Map<String, Integer> counts = new HashMap<>();
      objects.forEach(item -> counts.merge(item.state(), 1, Integer::sum));
      sources.add(
          new Source(
              source.name(),
              snapshot.loaded(),
              snapshot.trouble(),
              source.ageSeconds(),
              counts,
              reconfiguration
                  .lastChange(source.name())
                  .map(one -> new Change(one.time(), one.added(), one.altered(), one.removed()))
                  .orElse(null),
              objects));
    }
    return sources;
  }

  /** Only after a change: there may be ten thousand of them. */
  private void itemise(List<Verdict> verdicts) {
    FlowControlConfiguration inForce = flowControl.configuration();
    Map<ObjectKey, String> hazards =
        Stream.concat(Hazard.of(inForce).stream(), FlowSources.idle(options, inForce).stream())
            .collect(Collectors.toMap(Hazard::object, Hazard::message, (a, b) -> a + "; " + b));
    Map<String, List<Item>> found = new HashMap<>();
    for (Verdict verdict : verdicts) {
      found
          .computeIfAbsent(verdict.source(), name -> new ArrayList<>())
          .add(
              new Item(
                  verdict.object().key().kind().toString(),
                  verdict.object().key().name(),
                  verdict.object().place(),
                  state(verdict),
                  error(verdict.object().errors()),
                  conditions(verdict, inForce, hazards)));
    }
    items.clear();
    found.forEach((source, list) -> items.put(source, List.copyOf(list)));
    itemised = verdicts;
  }

  private static String state(Verdict verdict) {
    String state = verdict.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return verdict.state() == State.OVERRIDDEN ? state + " by " + verdict.overriddenBy() : state;
  }

  private static String error(List<FieldError> errors) {
    return errors.isEmpty()
        ? ""
        : errors.get(0) + (errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)");
  }

  /** Of what is invalid the errors stand beside it already. */
  private static List<Condition> conditions(
      Verdict verdict, FlowControlConfiguration inForce, Map<ObjectKey, String> hazards) {
    return ObjectCondition.of(verdict, inForce, hazards).stream()
        .map(
            one ->
                new Condition(
                    one.type(),
                    one.status(),
                    one.reason(),
                    one.isWell(),
                    one.isWell() || one.reason().equals("Invalid") ? "" : one.message()))
        .toList();
  }
}
