package io.apfproxy.limit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All limits in force. Immutable. */
final class LimitTable {
  /** Places on the walk of a request. */
  enum Place {
    /** Before it is known who asks. */
    STRANGERS,
    /** After that: what counts by time. */
    PACES,
    /** Behind those, so that nobody holds a place while he waits: what counts at a time. */
    PLACES
  }

  static final LimitTable NONE = new LimitTable(List.of());

  private final List<Limit> limits;

  /** By place; an array, as each request asks. */
  private final LimitSet[] sets = new LimitSet[Place.values().length];

  private final boolean shadows;
  private final Course common = new Course(this);

  LimitTable(List<Limit> limits) {
    this.limits = List.copyOf(limits);
    this.shadows = limits.stream().anyMatch(Limit::isShadow);
    Map<Place, List<Limit>> byPlace = new EnumMap<>(Place.class);
    limits.forEach(
        limit -> byPlace.computeIfAbsent(limit.place(), none -> new ArrayList<>()).add(limit));
    for (Place place : Place.values()) {
      sets[place.ordinal()] =
          new LimitSet(byPlace.getOrDefault(place, List.of()), place != Place.STRANGERS);
    }
  }

  LimitSet at(Place place) {
    return sets[place.ordinal()];
  }

  /** For a request that comes now. */
  Course course() {
    return shadows ? new Course(this) : common;
  }

  List<Limit> limits() {
    return limits;
  }

  @Nullable Limit named(String name) {
    return limits.stream().filter(limit -> limit.name().equals(name)).findFirst().orElse(null);
  }
}
