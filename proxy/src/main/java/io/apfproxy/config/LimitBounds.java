package io.apfproxy.config;

import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Seats of one level that follow from configuration alone. Source: specification apf-config.md 4.3.
 *
 * @param nominal its part of the server limit by shares
 * @param min nominal less what it may lend
 * @param max nominal and what it may borrow; not capped by the server limit
 * @param maxSeats widest request of the level; 0 for no cap, where nothing queues
 */
public record LimitBounds(int nominal, int min, int max, int maxSeats) {
  private static final double WIDEST_PART = 0.15;

  /**
   * Bounds by level name.
   *
   * @param serverLimit seats of the whole server, at least 0
   * @param levels all levels in being, exempt and quiescing ones included
   */
  public static SortedMap<String, LimitBounds> of(
      int serverLimit, Collection<PriorityLevelConfiguration> levels) {
    double shareSum = 0;
    for (PriorityLevelConfiguration level : levels) {
      shareSum += level.nominalShares();
    }
    SortedMap<String, LimitBounds> bounds = new TreeMap<>();
    for (PriorityLevelConfiguration level : levels) {
      bounds.put(level.name(), of(serverLimit, level, shareSum));
    }
    return bounds;
  }

  /**
   * The same, but of what it has the level lends all but one seat. Where seats are so few that each
   * level has one, whoever lent that would stand still until the borrowing period ends.
   */
  public LimitBounds keepingASeat() {
    return new LimitBounds(nominal, Math.max(min, Math.min(1, nominal)), max, maxSeats);
  }

  private static LimitBounds of(
      int serverLimit, PriorityLevelConfiguration level, double shareSum) {
    int nominal =
        shareSum == 0
            ? 0
            : (int) Math.ceil((double) serverLimit * level.nominalShares() / shareSum);
    Integer borrowing = level.borrowingLimitPercent();
    long borrowed =
        borrowing == null ? serverLimit : Math.round((double) nominal * borrowing / 100);
    long lent = Math.round((double) nominal * level.lendablePercent() / 100);
    return new LimitBounds(
        nominal,
        (int) (nominal - lent),
        (int) Math.min(Integer.MAX_VALUE, nominal + borrowed),
        maxSeats(nominal, level.queuing()));
  }

  /** The widest request a level takes: wide ones leave room for others, narrow ones always fit. */
  static int maxSeats(int nominal, @Nullable Queuing queuing) {
    if (queuing == null) {
      return 0;
    }
    int widest = Math.min((int) Math.ceil(WIDEST_PART * nominal), nominal / queuing.handSize());
    return Math.max(1, widest);
  }
}
