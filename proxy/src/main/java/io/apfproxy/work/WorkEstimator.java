package io.apfproxy.work;

import io.apfproxy.queueset.SeatSeconds;
import io.apfproxy.request.RequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * Tells how many seats a request occupies. Thread-safe.
 *
 * <p>Source: reference, request/{width,list_work_estimator,mutating_work_estimator}.go with the
 * feature gates on that are on by default.
 */
public final class WorkEstimator {
  private static final int MOST_LIST_SEATS = 100;
  private static final int MOST_MUTATING_SEATS = 10;
  private static final int WATCHES_PER_SEAT = 10;
  private static final long BYTES_PER_SEAT = 100_000;
  private static final long MOST_CACHED_BYTES = 1_000_000;
  private static final long LARGEST_OBJECT = 1_500_000;
  private static final ObjectReading WORST =
      new ObjectReading(ObjectReading.State.FRESH, 1_000_000_000, LARGEST_OBJECT);
  private static final long EVENT_NANOS = 5_000_000;

  private final ObjectReader objects;
  private final WatchCounts watches;
  private final @Nullable ListWeights costs;
  private final boolean consistentReadsFromCache;

  /** With kube-apiserver's own arithmetic. */
  public WorkEstimator(
      ObjectReader objects, WatchCounts watches, boolean consistentReadsFromCache) {
    this(objects, watches, null, consistentReadsFromCache);
  }

  /**
   * @param costs what answers to lists really weigh; where it knows nothing, and if null,
   *     kube-apiserver's arithmetic on the number and size of all objects counts
   * @param consistentReadsFromCache whether the server answers a list without resource version from
   *     its cache, as it does over etcd 3.5.13 and later
   */
  public WorkEstimator(
      ObjectReader objects,
      WatchCounts watches,
      @Nullable ListWeights costs,
      boolean consistentReadsFromCache) {
    this.costs = costs;
    this.objects = objects;
    this.watches = watches;
    this.consistentReadsFromCache = consistentReadsFromCache;
  }

  /**
   * @param info null for a request that could not be understood: it counts as the widest
   * @param query raw query of the target
   * @param maxSeats widest request of the level, unsigned; 0 for no bound of its own
   */
  public WorkEstimate estimate(@Nullable RequestInfo info, String query, long maxSeats) {
    if (info == null) {
      return initial(cap(maxSeats, Math.max(MOST_LIST_SEATS, MOST_MUTATING_SEATS)));
    }
    return switch (info.verb()) {
      case "list" -> list(info, query, cap(maxSeats, MOST_LIST_SEATS), false);
      case "watch" -> list(info, query, cap(maxSeats, MOST_LIST_SEATS), true);
      case "create", "update", "patch", "delete" ->
          mutating(info, cap(maxSeats, MOST_MUTATING_SEATS));
      default -> WorkEstimate.ONE_SEAT;
    };
  }

  /**
   * The same from what was known at another time, and nothing else.
   *
   * @param known from {@link #inputs}
   */
  public WorkEstimate estimate(
      @Nullable RequestInfo info, String query, long maxSeats, WorkInputs known) {
    return new WorkEstimator(known, known, known, consistentReadsFromCache)
        .estimate(info, query, maxSeats);
  }

  /** All that an estimate would be made from now, whatever the level. */
  public WorkInputs inputs(RequestInfo info, String query) {
    return switch (info.verb()) {
      case "list" -> inputs(info, ListQuery.of(query), false);
      case "watch" -> inputs(info, ListQuery.of(query), true);
      case "create", "update", "patch", "delete" ->
          new WorkInputs(
              ObjectReading.NOT_TRACKED, watches.interestedIn(info), ListWeights.UNKNOWN);
      default -> WorkInputs.NONE;
    };
  }

  private WorkInputs inputs(RequestInfo info, ListQuery query, boolean watch) {
    return new WorkInputs(
        settled(objects.read(ObjectStatistics.key(info))),
        0,
        costs == null ? ListWeights.UNKNOWN : costs.bytes(info, query, watch));
  }

  private static ObjectReading settled(ObjectReading reading) {
    return reading.state() == ObjectReading.State.STALE ? WORST : reading;
  }

  /** How many watchers hear of a mutating request; 0 for others. For metrics. */
  public int watchersOf(RequestInfo info) {
    return switch (info.verb()) {
      case "create", "update", "patch", "delete" -> watches.interestedIn(info);
      default -> 0;
    };
  }

  private static int cap(long maxSeats, int limit) {
    return maxSeats == 0 || Long.compareUnsigned(maxSeats, limit) > 0 ? limit : (int) maxSeats;
  }

  private static WorkEstimate initial(int seats) {
    return seats == 1 ? WorkEstimate.ONE_SEAT : new WorkEstimate(seats, 0, 0);
  }

  private WorkEstimate list(RequestInfo info, String rawQuery, int cap, boolean watch) {
    ListQuery query = ListQuery.of(rawQuery);
    if (!query.valid()) {
      return initial(cap);
    }
    if (watch && !query.initialEvents() && !query.anyVersion()) {
      return WorkEstimate.ONE_SEAT; // goes on from a known version: no initial events
    }
    if (costs != null) {
      long learned = costs.bytes(info, query, watch);
      if (learned != ListWeights.UNKNOWN) {
        return initial(seats(learned, cap));
      }
    }
    ObjectReading reading = objects.read(ObjectStatistics.key(info));
    if (reading.state() == ObjectReading.State.NOT_TRACKED) {
      return WorkEstimate.ONE_SEAT;
    }
    boolean storage = !watch && query.fromStorage(consistentReadsFromCache);
    boolean one = !info.name().isEmpty();
    return initial(seats(bytes(query, settled(reading), storage, one), cap));
  }

  private static int seats(long bytes, int cap) {
    long seats = bytes / BYTES_PER_SEAT + (bytes % BYTES_PER_SEAT == 0 ? 0 : 1);
    return (int) Math.min(Math.max(seats, 1), cap);
  }

  private static long bytes(ListQuery query, ObjectReading known, boolean storage, boolean one) {
    long count = known.count();
    long size = known.averageSize() <= 0 && count != 0 ? LARGEST_OBJECT : known.averageSize();
    long limited = query.limit() > 0 && query.limit() < count ? query.limit() : count;
    long returned = one ? 1 : limited;
    if (!one && storage && query.selective()) {
      returned = Math.max(limited, count / 2); // what the selector drops was read all the same
    }
    long bytes = saturatedProduct(returned, size);
    return storage ? bytes : Math.min(bytes, MOST_CACHED_BYTES);
  }

  private static long saturatedProduct(long a, long b) {
    long product = a * b;
    return Math.multiplyHigh(a, b) == 0 && product >= 0 ? product : Long.MAX_VALUE;
  }

  private WorkEstimate mutating(RequestInfo info, int cap) {
    if (info.resource().equals("serviceaccounts") && info.subresource().equals("token")) {
      return WorkEstimate.ONE_SEAT; // a token is made, no object changes
    }
    int watchers = watches.interestedIn(info);
    if (watchers < WATCHES_PER_SEAT) {
      return WorkEstimate.ONE_SEAT;
    }
    long wanted = ((long) watchers + WATCHES_PER_SEAT - 1) / WATCHES_PER_SEAT;
    int finalSeats = (int) Math.min(wanted, cap);
    long work = SeatSeconds.of((double) wanted, EVENT_NANOS);
    return new WorkEstimate(1, finalSeats, SeatSeconds.nanosPerSeat(work, finalSeats));
  }
}
