package io.apfproxy.flowcontrol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What comes to flow control, and when, whatever becomes of it. Instants in nanoseconds.
 *
 * @param seats of the whole server
 * @param mostWaiting in all queues together
 * @param watchers of what is written
 * @param arrivals by instant
 * @param changes by instant
 */
record OpenLoad(
    int seats, int mostWaiting, int watchers, List<Arrival> arrivals, List<Change> changes) {
  static final String[] USERS = {"ann", "bob", "cas", "dan", "eve", "fay"};
  static final String[] LEVELS = {"a", "b", "c"};
  private static final long SPAN = 1_000_000_000;

  /**
   * @param hold how long its exchange takes
   * @param leaves when its client leaves, counted from the arrival, before the end; -1 if not
   * @param patience how long it may wait
   */
  record Arrival(
      long at, String user, String method, String url, long hold, long leaves, long patience) {}

  /**
   * @param seats the server has from then on; 0 to end a borrowing period instead, less to change
   *     the levels
   * @param seed of what the levels are like
   */
  record Change(long at, int seats, long seed) {}

  static OpenLoad random(Random random) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 5 + random.nextInt(50); i > 0; i--) {
      arrivals.add(arrival(random));
    }
    arrivals.sort(Comparator.comparingLong(Arrival::at));
    List<Change> changes = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      int seats = random.nextInt(3) == 0 ? 1 + random.nextInt(12) : random.nextInt(2) - 1;
      changes.add(new Change(random.nextLong(SPAN), seats, random.nextLong()));
    }
    changes.add(new Change(0, -1, random.nextLong()));
    changes.sort(Comparator.comparingLong(Change::at));
    return new OpenLoad(
        1 + random.nextInt(12),
        random.nextInt(4) == 0 ? random.nextInt(10) : 1_000,
        random.nextInt(60),
        arrivals,
        changes);
  }

  private static Arrival arrival(Random random) {
    long hold = 1 + random.nextLong(random.nextInt(4) == 0 ? SPAN : SPAN / 10);
    String user = USERS[random.nextInt(USERS.length)];
    long at = random.nextLong(SPAN);
    long leaves = random.nextInt(6) == 0 ? random.nextLong(hold) : -1;
    long patience = 1 + random.nextLong(SPAN / 2);
    return switch (random.nextInt(6)) {
      case 0 ->
          new Arrival(
              at,
              user,
              "GET",
              "/api/v1/services?watch=1&resourceVersion=1",
              hold,
              leaves,
              patience);
      case 1 -> new Arrival(at, user, "GET", "/api/v1/pods?limit=x", hold, leaves, patience);
      case 2, 3 ->
          new Arrival(at, user, "PUT", "/api/v1/namespaces/n/pods/p", hold, leaves, patience);
      default ->
          new Arrival(at, user, "GET", "/api/v1/namespaces/n/pods/p", hold, leaves, patience);
    };
  }
}
