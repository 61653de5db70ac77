package io.apfproxy.live;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.refusals.RefusalNews;
import io.apfproxy.report.refusals.Refused;
import io.apfproxy.report.talkers.NowAnswer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The proxy, as the sampler looks at it; called on its thread only. */
public interface Observed {
  /** All levels by name; empty with the classic limits. */
  List<LevelSnapshot> levels();

  /** Places of one queue of a level; empty where nobody waits. */
  OptionalInt queueLengthLimit(String level);

  /** The queues of a level that were ever used; empty for no such level. */
  Optional<List<QueueRow>> queues(String level);

  /** Who holds and who waits for seats of a level at this moment, by user, the heaviest first. */
  List<NowAnswer.Row> users(String level);

  /** What each level has refused and let wait, by name. */
  Map<String, LevelTotals> totals();

  /** The same of those who are not held to it: what it would have refused and let wait. */
  Map<String, LevelTotals> wouldTotals();

  HeaviestFlow heaviest();

  /**
   * Who uses the proxy most, as JSON.
   *
   * @return empty where nobody counts
   */
  Optional<String> top(Topic.Top question);

  /**
   * What was refused since another look.
   *
   * @param position where it ended; 0 for the first
   */
  RefusalNews refusals(long position);

  /** One of them as a JSON object. */
  String refusal(Refused one);

  /** Refusals since the start, and what would have been one. */
  long refusalsInAll();

  Head head();

  List<Source> sources();

  /**
   * The proxy as a whole.
   *
   * @param instance tells this process from the one before and the one beside it
   * @param pools the classic limits; empty where there are levels
   * @param lost requests that top talkers could not count
   */
  record Head(
      String product,
      String instance,
      String upstream,
      String upstreamVersion,
      List<Check> checks,
      List<Bound> bounds,
      List<Certificate> certificates,
      List<Pool> pools,
      boolean talkers,
      long lost,
      int streams) {
    public Head {
      checks = List.copyOf(checks);
      bounds = List.copyOf(bounds);
      certificates = List.copyOf(certificates);
      pools = List.copyOf(pools);
    }
  }

  /** One condition of readiness. */
  record Check(String name, boolean ok, String note) {}

  /** Something that clients can fill. */
  record Bound(String rule, long used, long limit) {}

  /** A certificate, and for how many days it is valid. */
  record Certificate(String name, double days) {}

  /**
   * One of the two classic limits.
   *
   * @param limit 0 for none
   */
  record Pool(String name, int executing, int limit) {}

  /**
   * A place that schemas and levels come from.
   *
   * @param trouble empty if it is well
   * @param counts of its objects by state
   * @param change the last one; null if it was never read
   * @param objects what became of each; the same list as long as nothing has changed
   */
  record Source(
      String name,
      boolean loaded,
      String trouble,
      double ageSeconds,
      Map<String, Integer> counts,
      @Nullable Change change,
      List<Item> objects) {
    public Source {
      counts = Map.copyOf(counts);
      objects = List.copyOf(objects); // the same one, if it cannot be changed
    }
  }

  /** When a source held other objects than before, and how many are others. */
  record Change(Instant time, int added, int altered, int removed) {}

  /**
   * An object of a source.
   *
   * @param error the first, and how many more; empty if it is valid
   */
  record Item(
      String kind,
      String name,
      String place,
      String state,
      String error,
      List<Condition> conditions) {
    public Item {
      conditions = List.copyOf(conditions);
    }
  }

  /**
   * What an object is like in one respect.
   *
   * @param well whether nobody has to do anything about it
   * @param message for people; empty where it is well
   */
  record Condition(String type, boolean status, String reason, boolean well, String message) {}
}
