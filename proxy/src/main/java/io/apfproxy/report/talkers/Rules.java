package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.RejectReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers the rules that refuse, as they come: as many as there is room for. Not thread-safe. */
final class Rules {
  /** Numbers in all; the last one is all other rules'. */
  static final int MOST = 17;

  private static final String OTHER = "other";

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  Rules() {
    for (RejectReason reason : RejectReason.values()) {
      number(reason.label());
    }
  }

  int number(String rule) {
    Integer known = numbers.get(rule);
    if (known != null) {
      return known;
    }
    int number = names.size();
    if (number == MOST - 1) {
      return number;
    }
    numbers.put(rule, number);
    names.add(rule);
    return number;
  }

  String name(int number) {
    return number == MOST - 1 ? OTHER : names.get(number);
  }
}
