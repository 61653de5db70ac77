package io.apfproxy.limit;

import java.util.List;
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
  private final LimitSet strangers;
  private final LimitSet paces;
  private final LimitSet places;
  private final boolean shadows;
  private final Course common = new Course(this);

  LimitTable(List<Limit> limits) {
    this.limits = List.copyOf(limits);
    this.shadows = limits.stream().anyMatch(Limit::hasShadow);
    this.strangers = set(Place.STRANGERS);
    this.paces = set(Place.PACES);
    this.places = set(Place.PLACES);
  }

  private LimitSet set(Place place) {
    return new LimitSet(
        limits.stream().filter(limit -> limit.place() == place).toList(), place != Place.STRANGERS);
  }

  LimitSet at(Place place) {
    return switch (place) {
      case STRANGERS -> strangers;
      case PACES -> paces;
      case PLACES -> places;
    };
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
