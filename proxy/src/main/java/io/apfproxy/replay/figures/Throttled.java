package io.apfproxy.replay.figures;

import io.apfproxy.report.talkers.HeavyHitters;
import io.apfproxy.report.talkers.Summary;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who has to wait, or is refused: the heaviest of each dimension. Not thread-safe. Source:
 * specification seeing.md V-54.
 */
final class Throttled {
  private static final int COUNTERS = 10_000;
  private static final int WAITED = 0;
  private static final int REFUSED = 1;

  private final Map<By, HeavyHitters<String>> sketches = new EnumMap<>(By.class);

  /** What requests are told apart by. */
  enum By {
    USER,
    AGENT,
    NAMESPACE,
    WHAT;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private String key(RequestDigest digest, String agent) {
      RequestInfo info = digest.info();
      return switch (this) {
        case USER -> digest.user().name();
        case AGENT -> agent.isEmpty() ? "-" : agent;
        case NAMESPACE ->
            !info.resourceRequest()
                ? "(path)"
                : info.namespace().isEmpty() ? "(cluster)" : info.namespace();
        case WHAT -> what(info);
      };
    }

    private static String what(RequestInfo info) {
      if (!info.resourceRequest()) {
        int second = info.path().indexOf('/', 1);
        return info.verb() + " " + (second < 0 ? info.path() : info.path().substring(0, second));
      }
      return info.verb()
          + " "
          + info.resource()
          + (info.apiGroup().isEmpty() ? "" : "." + info.apiGroup())
          + (info.subresource().isEmpty() ? "" : "/" + info.subresource());
    }
  }

  Throttled() {
    for (By by : By.values()) {
      sketches.put(by, new HeavyHitters<>(COUNTERS));
    }
  }

  void waited(RequestDigest digest, String agent) {
    add(digest, agent, 1, 0);
  }

  void refused(RequestDigest digest, String agent) {
    add(digest, agent, 0, 1);
  }

  private void add(RequestDigest digest, String agent, long waited, long refused) {
    long[] weights = {waited, refused};
    sketches.forEach((by, sketch) -> sketch.add(by.key(digest, agent), weights));
  }

  /**
   * By dimension, the heaviest first.
   *
   * @param most rows of each
   */
  Map<String, List<ThrottledRow>> rows(int most) {
    Map<String, List<ThrottledRow>> all = new java.util.LinkedHashMap<>();
    sketches.forEach((by, sketch) -> all.put(by.label(), rows(sketch.summary(), most)));
    return all;
  }

  private static List<ThrottledRow> rows(Summary<String> summary, int most) {
    List<ThrottledRow> rows = new ArrayList<>();
    for (int i = 0; i < summary.size(); i++) {
      rows.add(
          new ThrottledRow(
              summary.key(i), summary.part(i, WAITED), summary.part(i, REFUSED), summary.error(i)));
    }
    return rows.stream()
        .sorted(
            Comparator.comparingLong(ThrottledRow::throttled)
                .reversed()
                .thenComparing(ThrottledRow::key))
        .limit(most)
        .toList();
  }
}
