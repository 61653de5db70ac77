package io.apfproxy.report.talkers;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads rings, and counts what it finds there into panes. Not thread-safe. Source: specification
 * seeing.md V-16.
 */
final class TalkerCount {
  /*
   * Keys of what comes together are summed up first: a few busy ones make most of it, and a sketch
   * is touched once for each of them. Keys of requests are made again and again, but here, where
   * nobody waits for it.
   */
  private static final int LOOK_AT_CLOCK = 64;

  private final TalkerRecord record = new TalkerRecord();
  private final Rules rules;
  private final Map<Dimension, Map<Object, Sums>> batch = new EnumMap<>(Dimension.class);
  private final Map<String, String> addresses = new HashMap<>(); // of this batch

  TalkerCount(Rules rules) {
    this.rules = rules;
    for (Dimension by : Dimension.values()) {
      batch.put(by, new HashMap<>());
    }
  }

  /**
   * Reads all that is there, or as much as there is time for.
   *
   * @param rings each is read in turn
   * @param last instant at which it stops reading
   */
  void read(Iterable<TalkerRing> rings, Pane into, LongSupplier nanoTime, long last) {
    Sums all = new Sums();
    int looks = 0;
    for (TalkerRing ring : rings) {
      while (ring.read(record)) {
        add(record, all);
        if (++looks % LOOK_AT_CLOCK == 0 && nanoTime.getAsLong() - last >= 0) {
          break;
        }
      }
    }
    into.addToTotals(all);
    batch.forEach(
        (by, sums) -> {
          sums.forEach((key, sum) -> into.add(by, key, sum));
          sums.clear();
        });
    addresses.clear();
  }

  private void add(TalkerRecord what, Sums all) {
    int rule = what.rule == null ? -1 : rules.number(what.rule);
    all.add(what, rule);
    count(Dimension.USER, TalkerKeys.user(what.user), what, rule);
    count(Dimension.AGENT, TalkerKeys.agent(what.agent), what, rule);
    count(Dimension.NAMESPACE, TalkerKeys.namespace(what.info), what, rule);
    count(Dimension.WHAT, TalkerKeys.what(what.info), what, rule);
    String address = addresses.computeIfAbsent(what.address, TalkerKeys::address);
    count(Dimension.ADDRESS, address, what, rule);
    Object flow = TalkerKeys.flow(what.place);
    count(Dimension.FLOW, flow == null ? TalkerKeys.NONE : flow, what, rule);
  }

  private void count(Dimension by, Object key, TalkerRecord what, int rule) {
    Map<Object, Sums> sums = batch.get(by);
    if (sums != null) {
      sums.computeIfAbsent(key, any -> new Sums()).add(what, rule);
    }
  }
}
