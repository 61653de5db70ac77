package io.apfproxy.config;

import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.queueset.Dealer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One digested configuration: schemas in matching order, usable levels, mandatory objects always
 * among them, and rate limits. Immutable. Source: specification apf-config.md 2.4 and 4.2, steps 1,
 * 2 and 4.
 */
public final class FlowControlConfiguration {
  private static final Comparator<FlowSchema> MATCHING_ORDER =
      Comparator.<FlowSchema>comparingInt(schema -> schema.spec().matchingPrecedence())
          .thenComparing(FlowSchema::name);

  private final List<FlowSchema> schemas;
  private final SortedMap<String, PriorityLevelConfiguration> levels;
  private final SortedSet<String> danglingSchemas;
  private final SortedSet<String> unusableLevels;
  private final SortedMap<String, RateLimit> rateLimits;

  private FlowControlConfiguration(
      List<FlowSchema> schemas,
      SortedMap<String, PriorityLevelConfiguration> levels,
      SortedSet<String> danglingSchemas,
      SortedSet<String> unusableLevels,
      SortedMap<String, RateLimit> rateLimits) {
    this.schemas = Collections.unmodifiableList(schemas);
    this.levels = Collections.unmodifiableSortedMap(levels);
    this.danglingSchemas = Collections.unmodifiableSortedSet(danglingSchemas);
    this.unusableLevels = Collections.unmodifiableSortedSet(unusableLevels);
    this.rateLimits = Collections.unmodifiableSortedMap(rateLimits);
  }

  /** The mandatory objects alone, as before the first object is seen. */
  public static FlowControlConfiguration empty() {
    return digest(List.of(), List.of(), null);
  }

  /** The mandatory and the suggested objects. */
  public static FlowControlConfiguration builtIn() {
    return digest(Bootstrap.flowSchemas(), Bootstrap.priorityLevels(), null);
  }

  /**
   * Digests objects that have their defaults. Levels that no queue set can be made from are
   * ignored, and schemas that lead to no usable given level are dropped, even to a mandatory one
   * that is imagined.
   *
   * @param schemas names are unique
   * @param levels names are unique
   * @param previous the configuration in force until now, whose mandatory levels stay as they are
   *     where {@code levels} has none, and its rate limits; null at the start
   */
  public static FlowControlConfiguration digest(
      Collection<FlowSchema> schemas,
      Collection<PriorityLevelConfiguration> levels,
      @Nullable FlowControlConfiguration previous) {
    SortedMap<String, PriorityLevelConfiguration> usable = new TreeMap<>();
    SortedSet<String> unusable = new TreeSet<>();
    for (PriorityLevelConfiguration level : levels) {
      if (isUsable(level)) {
        usable.put(level.name(), level);
      } else {
        unusable.add(level.name());
      }
    }
    List<FlowSchema> ordered = new ArrayList<>();
    SortedSet<String> dangling = new TreeSet<>();
    for (FlowSchema schema : schemas) {
      if (usable.containsKey(schema.spec().priorityLevel())) {
        ordered.add(schema);
      } else {
        dangling.add(schema.name());
      }
    }
    ordered.sort(MATCHING_ORDER);
    if (lacks(ordered, Bootstrap.EXEMPT)) {
      ordered.add(0, Bootstrap.exemptSchema());
    }
    if (lacks(ordered, Bootstrap.CATCH_ALL)) {
      ordered.add(Bootstrap.catchAllSchema());
    }
    imagine(usable, Bootstrap.exemptLevel(), previous);
    imagine(usable, Bootstrap.catchAllLevel(), previous);
    return new FlowControlConfiguration(
        ordered,
        usable,
        dangling,
        unusable,
        previous == null ? Collections.emptySortedMap() : previous.rateLimits);
  }

  /**
   * The same with other rate limits; nothing else of it is another object than before.
   *
   * @param limits valid, with their defaults; names are unique
   */
  public FlowControlConfiguration withRateLimits(Collection<RateLimit> limits) {
    SortedMap<String, RateLimit> byName = new TreeMap<>();
    limits.forEach(limit -> byName.put(limit.name(), limit));
    return new FlowControlConfiguration(schemas, levels, danglingSchemas, unusableLevels, byName);
  }

  private static boolean lacks(List<FlowSchema> schemas, String name) {
    return schemas.stream().noneMatch(schema -> schema.name().equals(name));
  }

  private static void imagine(
      SortedMap<String, PriorityLevelConfiguration> levels,
      PriorityLevelConfiguration builtIn,
      @Nullable FlowControlConfiguration previous) {
    PriorityLevelConfiguration last = previous == null ? null : previous.levels.get(builtIn.name());
    levels.putIfAbsent(builtIn.name(), last == null ? builtIn : last);
  }

  /** Whether a queue set can be made of it; weaker than validation. */
  private static boolean isUsable(PriorityLevelConfiguration level) {
    PriorityLevelConfiguration.Spec spec = level.spec();
    boolean exempt = level.isExempt();
    if (spec.type().equals(PriorityLevelConfiguration.LIMITED) != (spec.limited() != null)
        || exempt != (spec.exempt() != null)
        || exempt != level.name().equals(Bootstrap.EXEMPT)) {
      return false;
    }
    if (spec.limited() == null) {
      return true;
    }
    PriorityLevelConfiguration.LimitResponse response = spec.limited().limitResponse();
    Queuing queuing = response.queuing();
    if (response.type().equals(PriorityLevelConfiguration.REJECT) != (queuing == null)) {
      return false;
    }
    return queuing == null
        || queuing.queues() <= 0
        || Dealer.accepts(queuing.queues(), queuing.handSize());
  }

  /** All schemas in matching order. */
  public List<FlowSchema> schemas() {
    return schemas;
  }

  /** Usable levels by name. */
  public SortedMap<String, PriorityLevelConfiguration> levels() {
    return levels;
  }

  /** Names of the given schemas whose level is not usable. */
  public SortedSet<String> danglingSchemas() {
    return danglingSchemas;
  }

  /** Names of the given levels that were ignored. */
  public SortedSet<String> unusableLevels() {
    return unusableLevels;
  }

  /** The rate limits in force, by name. */
  public SortedMap<String, RateLimit> rateLimits() {
    return rateLimits;
  }
}
