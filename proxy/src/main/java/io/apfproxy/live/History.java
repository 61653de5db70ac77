package io.apfproxy.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The last five minutes of each level, second by second. Not thread-safe. */
final class History {
  static final int SECONDS = 300;
  static final int PIECE = 5;

  private static final int FIGURES = Figure.values().length;
  private static final double PERCENT = 100;
  private static final double MILLIS = 1000;

  private final Map<String, Ring> rings = new HashMap<>();
  private int next;
  private int filled;

  /** What is kept of each second. */
  enum Figure {
    SEATS("seats", 0),
    LIMIT("limit", 1),
    EXECUTING("executing", 2),
    WAITING("waiting", 3),
    REFUSED("refused", 4),
    WAIT_MILLIS("waitMillis", 5);

    private final String label;
    private final int place;

    Figure(String label, int place) {
      this.label = label;
      this.place = place;
    }

    String label() {
      return label;
    }
  }

  /** What belongs to one second lies together: a thousand rings are written once a second each. */
  private static final class Ring {
    private final int[] figures = new int[FIGURES * SECONDS];

    void set(Figure figure, int second, long value) {
      figures[second * FIGURES + figure.place] = (int) Math.min(Integer.MAX_VALUE, value);
    }

    int at(Figure figure, int second) {
      return figures[second * FIGURES + figure.place];
    }
  }

  void add(List<LevelRow> rows) {
    for (LevelRow row : rows) {
      Ring ring = rings.computeIfAbsent(row.name(), name -> new Ring());
      ring.set(Figure.SEATS, next, row.level().seatsInUse());
      ring.set(Figure.LIMIT, next, row.level().currentLimit());
      ring.set(Figure.EXECUTING, next, row.level().executing());
      ring.set(Figure.WAITING, next, row.level().waiting());
      ring.set(Figure.REFUSED, next, row.refusedInAll());
      ring.set(Figure.WAIT_MILLIS, next, (long) (row.waited() * MILLIS)); // no wait is 0
    }
    if (rings.size() > rows.size()) {
      rings
          .keySet()
          .retainAll(rows.stream().map(LevelRow::name).collect(Collectors.toUnmodifiableSet()));
    }
    next = (next + 1) % SECONDS;
    filled = Math.min(SECONDS, filled + 1);
  }

  /** One figure of a level, oldest first; as many seconds as are known, empty for no level. */
  int[] of(String level, Figure figure) {
    Ring ring = rings.get(level);
    if (ring == null) {
      return new int[0];
    }
    int[] values = new int[filled];
    for (int i = 0; i < filled; i++) {
      int second = Math.floorMod(next - filled + i, SECONDS);
      values[i] = ring.at(figure, second);
    }
    return values;
  }

  /** Seats in use in percent of the limit: the most of each five seconds, oldest first. */
  int[] use(String level) {
    int[] seats = of(level, Figure.SEATS);
    int[] limits = of(level, Figure.LIMIT);
    int[] most = new int[(seats.length + PIECE - 1) / PIECE];
    for (int i = 0; i < seats.length; i++) {
      // whole pieces at the end: what is newest is complete
      int piece = most.length - 1 - (seats.length - 1 - i) / PIECE;
      int percent = limits[i] == 0 ? 0 : (int) Math.round(PERCENT * seats[i] / limits[i]);
      most[piece] = Math.max(most[piece], percent);
    }
    return most;
  }
}
