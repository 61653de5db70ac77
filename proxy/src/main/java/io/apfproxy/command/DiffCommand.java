package io.apfproxy.command;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says what a change of manifests means for levels, their limits, and matching. */
public final class DiffCommand {
  private static final int MOST_OVERTAKEN = 10;

  private final StringBuilder text = new StringBuilder();

  private DiffCommand() {}

  /**
   * @throws StartException if one of them is not valid
   */
  public static Output run(Command.Diff options) throws StartException {
    FlowControlConfiguration before = OfflineConfiguration.read(options.before());
    FlowControlConfiguration after = OfflineConfiguration.read(options.after());
    DiffCommand diff = new DiffCommand();
    diff.levels(before.levels(), after.levels());
    diff.limits(before, after, options.seats());
    diff.schemas(before, after);
    diff.order(before, after);
    diff.section("rate limits", changes(RateLimitFields.of(before), RateLimitFields.of(after)));
    if (diff.text.isEmpty()) {
      diff.text.append("nothing changes\n");
    }
    return new Output(diff.text.toString(), 0);
  }

  private void section(String heading, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append(heading).append(":\n");
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }

  private void levels(
      SortedMap<String, PriorityLevelConfiguration> before,
      SortedMap<String, PriorityLevelConfiguration> after) {
    Map<String, Map<String, String>> old = new LinkedHashMap<>();
    Map<String, Map<String, String>> fresh = new LinkedHashMap<>();
    before.forEach((name, level) -> old.put(name, fields(level)));
    after.forEach((name, level) -> fresh.put(name, fields(level)));
    section("levels", changes(old, fresh));
  }

  private static Map<String, String> fields(PriorityLevelConfiguration level) {
    Map<String, String> fields = new LinkedHashMap<>();
    Queuing queuing = level.queuing();
    Integer borrowing = level.borrowingLimitPercent();
    fields.put("enforcement", enforcement(level));
    fields.put("shares", String.valueOf(level.nominalShares()));
    fields.put("lendable", level.lendablePercent() + "%");
    fields.put("borrowing", borrowing == null ? "unlimited" : borrowing + "%");
    Burst burst = level.burst();
    fields.put(
        "burst",
        burst == null
            ? "-"
            : Explanation.count(burst.seats(), "seat") + " for " + burst.seconds() + "s");
    fields.put("response", level.isExempt() ? "Exempt" : queuing == null ? "Reject" : "Queue");
    fields.put("queues", queuing == null ? "-" : String.valueOf(queuing.queues()));
    fields.put("handSize", queuing == null ? "-" : String.valueOf(queuing.handSize()));
    fields.put(
        "queueLengthLimit", queuing == null ? "-" : String.valueOf(queuing.queueLengthLimit()));
    return fields;
  }

  /** What it says itself; else it follows the flag. */
  private static String enforcement(PriorityLevelConfiguration level) {
    String said = level.metadata().annotations().get(Enforcement.ANNOTATION);
    return said == null || Enforcement.finding(level) != null ? "-" : said;
  }

  private void limits(FlowControlConfiguration before, FlowControlConfiguration after, int seats) {
    SortedMap<String, LimitBounds> old = LimitBounds.of(seats, before.levels().values());
    SortedMap<String, LimitBounds> fresh = LimitBounds.of(seats, after.levels().values());
    List<String> lines = new ArrayList<>();
    for (String name : new TreeSet<>(fresh.keySet())) {
      LimitBounds was = old.get(name);
      LimitBounds is = Objects.requireNonNull(fresh.get(name));
      if (!is.equals(was)) {
        lines.add(name + ": " + (was == null ? "-" : text(was)) + " -> " + text(is));
      }
    }
    section("limits, of " + Explanation.count(seats, "seat") + " (nominal, least to most)", lines);
  }

  private static String text(LimitBounds bounds) {
    return bounds.nominal() + " (" + bounds.min() + " to " + bounds.max() + ")";
  }

  private void schemas(FlowControlConfiguration before, FlowControlConfiguration after) {
    Map<String, Map<String, String>> old = new LinkedHashMap<>();
    Map<String, Map<String, String>> fresh = new LinkedHashMap<>();
    before.schemas().forEach(schema -> old.put(schema.name(), fields(schema)));
    after.schemas().forEach(schema -> fresh.put(schema.name(), fields(schema)));
    List<String> lines = changes(old, fresh);
    for (String name : after.danglingSchemas()) {
      lines.add("! " + name + ": its priority level is missing, it matches nothing");
    }
    section("schemas", lines);
  }

  private static Map<String, String> fields(FlowSchema schema) {
    Map<String, String> fields = new LinkedHashMap<>();
    String method = schema.spec().distinguisherMethod();
    fields.put("precedence", String.valueOf(schema.spec().matchingPrecedence()));
    fields.put("level", schema.spec().priorityLevel());
    fields.put("flows", method == null ? "one" : method);
    List<FlowSchema.Rule> rules = schema.spec().rules();
    fields.put("rules", rules.size() + " " + rules);
    return fields;
  }

  private static List<String> changes(
      Map<String, Map<String, String>> before, Map<String, Map<String, String>> after) {
    List<String> lines = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      Map<String, String> old = before.get(name);
      Map<String, String> fresh = after.get(name);
      if (old == null && fresh != null) {
        lines.add("+ " + name + ": " + list(fresh));
      } else if (fresh == null) {
        lines.add("- " + name);
      } else if (old != null && !old.equals(fresh)) {
        lines.add(
            "~ "
                + name
                + ": "
                + fresh.keySet().stream()
                    .filter(key -> !Objects.equals(old.get(key), fresh.get(key)))
                    .map(key -> change(key, old.get(key), fresh.get(key)))
                    .collect(Collectors.joining(", ")));
      }
    }
    return lines;
  }

  private static String change(
      String key,
      @org.jspecify.annotations.Nullable String old,
      @org.jspecify.annotations.Nullable String fresh) {
    return key.equals("rules") || key.equals("except")
        ? key + " changed"
        : key + " " + old + " -> " + fresh;
  }

  private static String list(Map<String, String> fields) {
    return fields.entrySet().stream()
        .filter(entry -> !entry.getValue().equals("-"))
        .map(
            entry ->
                entry.getKey()
                    + " "
                    + (entry.getKey().equals("rules") || entry.getKey().equals("except")
                        ? entry.getValue().substring(0, entry.getValue().indexOf(' '))
                        : entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** Only schemas that both have: what is new or gone has been said. */
  private void order(FlowControlConfiguration before, FlowControlConfiguration after) {
    List<String> old = names(before);
    List<String> fresh = names(after);
    Set<String> known = new HashSet<>(old);
    known.retainAll(fresh);
    old.removeIf(name -> !known.contains(name));
    fresh.removeIf(name -> !known.contains(name));
    Map<String, Integer> places = new HashMap<>();
    fresh.forEach(name -> places.put(name, places.size()));
    Map<String, String> overtaking = new HashMap<>();
    int[] order = old.stream().mapToInt(places::get).toArray();
    for (int i = 0; i < order.length; i++) {
      String overtaken = overtaken(order, i, fresh);
      if (!overtaken.isEmpty()) {
        overtaking.put(old.get(i), overtaken);
      }
    }
    section(
        "matching order",
        fresh.stream()
            .filter(overtaking::containsKey)
            .map(name -> name + " is now asked before " + overtaking.get(name))
            .toList());
  }

  /** Those that come after one, and came before it; some of them, as there may be thousands. */
  private static String overtaken(int[] order, int one, List<String> names) {
    StringBuilder told = new StringBuilder();
    int found = 0;
    for (int i = 0; i < one; i++) {
      if (order[i] > order[one] && ++found <= MOST_OVERTAKEN) {
        told.append(found == 1 ? "" : ", ").append(names.get(order[i]));
      }
    }
    return found <= MOST_OVERTAKEN
        ? told.toString()
        : told.append(" and ").append(found - MOST_OVERTAKEN).append(" more").toString();
  }

  private static List<String> names(FlowControlConfiguration configuration) {
    return new ArrayList<>(configuration.schemas().stream().map(FlowSchema::name).toList());
  }
}
