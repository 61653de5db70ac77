package io.apfproxy.command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One level, and whether it hurts to hold its users to it. Source: specification seeing.md V-40.
 *
 * @param level its name
 * @param percent of its users who are held to it, at the proxy where they are fewest
 * @param requests in shadow that have been decided
 * @param refused how many of them would have been refused
 * @param waitP99 bound on what 99 % of them would have waited, in seconds; infinite beyond the last
 *     bucket, 0 without any
 * @param watched since the youngest proxy's start, as that is what counters count from
 */
record Adoption(
    String level, int percent, long requests, long refused, double waitP99, Duration watched) {
  private static final long FEW = 1_000;
  private static final Duration SHORT = Duration.ofMinutes(10);
  private static final double LONG_WAIT = 0.1;
  private static final double MOST = 0.99;
  private static final int ALL = 100;

  /** What to do about a level. */
  enum Verdict {
    /** Everybody is held to it already. */
    ENFORCED,
    /** Too little has been seen: watch longer. */
    QUIET,
    /** Hardly anybody would notice. */
    SAFE,
    /** Somebody would: see who. */
    LOOK
  }

  Verdict verdict() {
    if (percent == ALL) {
      return Verdict.ENFORCED;
    }
    if (requests < FEW || watched.compareTo(SHORT) < 0) {
      return Verdict.QUIET;
    }
    return refused == 0 && waitP99 <= LONG_WAIT ? Verdict.SAFE : Verdict.LOOK;
  }

  /**
   * Adds up the pages of several proxies.
   *
   * @param pages one at least
   * @return by verdict, those to be taken over first; then by name
   */
  static List<Adoption> of(List<ShadowPage> pages, Instant now) {
    Instant youngest =
        pages.stream().map(ShadowPage::started).max(Comparator.naturalOrder()).orElse(now);
    Duration watched = Duration.between(youngest, now);
    TreeSet<String> names = new TreeSet<>();
    pages.forEach(page -> names.addAll(page.levels().keySet()));
    List<Adoption> rows = new ArrayList<>();
    for (String name : names) {
      int percent = ALL;
      long refused = 0;
      TreeMap<Double, Long> waits = new TreeMap<>();
      for (ShadowPage page : pages) {
        ShadowPage.Level level = page.levels().get(name);
        if (level != null) {
          percent = Math.min(percent, level.percent());
          refused += level.refused();
          level.waits().forEach((bound, count) -> waits.merge(bound, count, Long::sum));
        }
      }
      long requests = waits.isEmpty() ? 0 : waits.lastEntry().getValue();
      rows.add(new Adoption(name, percent, requests, refused, p99(waits, requests), watched));
    }
    rows.sort(Comparator.comparing(row -> order(row.verdict())));
    return rows;
  }

  private static int order(Verdict verdict) {
    return switch (verdict) {
      case SAFE -> 0;
      case LOOK -> 1;
      case QUIET -> 2;
      case ENFORCED -> 3;
    };
  }

  /**
   * @param waits how many at most so long
   */
  private static double p99(TreeMap<Double, Long> waits, long requests) {
    if (requests == 0) {
      return 0;
    }
    for (Map.Entry<Double, Long> bucket : waits.entrySet()) {
      if (bucket.getValue() >= requests * MOST) {
        return bucket.getKey();
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
