package io.apfproxy.report.talkers;

import io.apfproxy.report.talkers.TopAnswer.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The heaviest users, as the metrics name them: a name comes in once it has been among the first
 * for a minute, and goes when it was not for ten. One thread tells it, any may ask. Source:
 * specification seeing.md V-23.
 */
public final class TopUsers {
  /*
   * Each name that ever comes in is a series that Prometheus keeps, so names must not come and go as
   * they pass each other. There are never more than asked for: whoever comes in while all places are
   * taken has the place of the one that has been outside longest, and there is one, as not all who
   * have a place can be among the first with him.
   */
  private static final long ENTERS_AFTER = TimeUnit.SECONDS.toNanos(60);
  private static final long LEAVES_AFTER = TimeUnit.SECONDS.toNanos(600);

  private final int most;
  private final Map<String, Long> amongFirstSince = new HashMap<>();
  private final Map<String, Long> lastAmongFirst = new LinkedHashMap<>();
  private volatile List<User> users = List.of();

  /**
   * One of them.
   *
   * @param seats held in the mean of the last minute
   * @param refused requests a second
   */
  public record User(String name, double seats, double refused) {}

  /**
   * @param most names at a time, 0 for none
   */
  TopUsers(int most) {
    this.most = most;
  }

  /** Those with a place now. */
  public List<User> users() {
    return users;
  }

  boolean isAsked() {
    return most > 0;
  }

  /**
   * Looks anew.
   *
   * @param seconds that the rows are about
   * @param rows all users of whom something is known, the heaviest first
   */
  void look(long now, double seconds, List<Row> rows) {
    List<String> first = rows.stream().limit(most).map(Row::key).toList();
    amongFirstSince.keySet().retainAll(first);
    first.forEach(name -> amongFirstSince.putIfAbsent(name, now));
    lastAmongFirst.replaceAll((name, last) -> amongFirstSince.containsKey(name) ? now : last);
    lastAmongFirst.values().removeIf(last -> now - last >= LEAVES_AFTER);
    for (String name : first) {
      if (!lastAmongFirst.containsKey(name)
          && now - amongFirstSince.getOrDefault(name, now) >= ENTERS_AFTER) {
        letIn(name, now);
      }
    }
    publish(seconds, rows);
  }

  private void letIn(String name, long now) {
    if (lastAmongFirst.size() >= most) {
      lastAmongFirst.entrySet().stream()
          .max(Map.Entry.comparingByValue((a, b) -> Long.compare(now - a, now - b)))
          .map(Map.Entry::getKey)
          .ifPresent(lastAmongFirst::remove);
    }
    lastAmongFirst.put(name, now);
  }

  private void publish(double seconds, List<Row> rows) {
    Map<String, Row> known = new HashMap<>();
    rows.forEach(row -> known.put(row.key(), row));
    List<User> shown = new ArrayList<>();
    for (String name : lastAmongFirst.keySet()) {
      Row row = known.get(name);
      shown.add(
          row == null || seconds == 0
              ? new User(name, 0, 0)
              : new User(
                  name,
                  row.of(Measure.SEAT_SECONDS).value() / seconds,
                  row.of(Measure.REFUSED).value() / seconds));
    }
    users = List.copyOf(shown);
  }
}
