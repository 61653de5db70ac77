package io.apfproxy.flowcontrol;

import io.apfproxy.borrowing.LimitAdjustment;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.work.MaxSeats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the seats of the whole server are shared among the levels in being: what is computed for
 * them, not how they come to follow it. Not thread-safe but for what is said so; {@link
 * LevelTable}'s lock guards it.
 */
final class SeatShares {
  private final int configuredTotal;
  private volatile int total;
  private final MaxSeats maxSeats = new MaxSeats();
  private double fairFraction;

  /**
   * @param configured seats of the whole server, until {@link #setTotal}
   */
  SeatShares(int configured) {
    this.configuredTotal = configured;
    this.total = configured;
  }

  /** Seats of the whole server by configuration. */
  int configuredTotal() {
    return configuredTotal;
  }

  /** So many seats there are from now on. */
  void setTotal(int seats) {
    total = seats;
  }

  double fairFraction() {
    return fairFraction;
  }

  /** A level is no more. */
  void forget(String level) {
    maxSeats.forget(level);
  }

  /** The bounds that levels have by the seats there are now. May be asked on any thread. */
  SortedMap<String, LimitBounds> bounds(Collection<PriorityLevelConfiguration> inBeing) {
    return LimitBounds.of(total, inBeing);
  }

  /**
   * Gives the levels their objects, and the bounds that follow from these.
   *
   * @param entries all levels in being, by name
   * @param accepted the objects in force; a level without one keeps its last
   */
  void share(
      SortedMap<String, LevelEntry> entries,
      SortedMap<String, PriorityLevelConfiguration> accepted) {
    SortedMap<String, PriorityLevelConfiguration> inBeing = new TreeMap<>();
    entries.forEach((name, entry) -> inBeing.put(name, entry.configuration()));
    inBeing.putAll(accepted);
    SortedMap<String, LimitBounds> configured = LimitBounds.of(configuredTotal, inBeing.values());
    SortedMap<String, LimitBounds> present =
        total == configuredTotal ? configured : bounds(inBeing.values());
    inBeing.forEach(
        (name, object) -> {
          LimitBounds full = Objects.requireNonNull(configured.get(name));
          LimitBounds bounds =
              total == configuredTotal
                  ? full
                  : Objects.requireNonNull(present.get(name)).keepingASeat();
          if (full.maxSeats() > 0) {
            maxSeats.set(name, full.maxSeats());
          }
          LevelEntry entry = Objects.requireNonNull(entries.get(name));
          entry.setConfiguration(object);
          entry.setBounds(full, bounds, maxSeats.get(name));
          entry.setTotal(total);
        });
  }

  /** Gives the levels their limits, by what they wanted in the periods that have ended. */
  void adjust(Collection<LevelEntry> entries) {
    List<LimitAdjustment.Level> levels = new ArrayList<>();
    entries.forEach(entry -> levels.add(entry.wanted()));
    LimitAdjustment adjustment = LimitAdjustment.of(levels);
    int next = 0;
    for (LevelEntry entry : entries) {
      entry.setLimit(adjustment.limits().get(next), adjustment.targets().get(next));
      next++;
    }
    fairFraction = adjustment.fairFraction();
  }
}
