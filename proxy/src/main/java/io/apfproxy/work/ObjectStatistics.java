package io.apfproxy.work;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Number and average size of the objects of each resource. Thread-safe, bounded. */
public final class ObjectStatistics implements ObjectReader {
  /*
   * kube-apiserver asks its storage every minute, so a reading older than three minutes means trouble there and is costed as the
   * worst. What is learned from passing lists ages for a harmless reason, nobody listed: such a reading holds until it is
   * replaced, and after an hour it counts as unknown, which is one seat.
   * Source: reference, object_count_tracker.go; our rule for learned values, which it does not have.
   */
  static final int MOST_RESOURCES = 10_000;
  private static final Duration LEARNED_LIFE = Duration.ofHours(1);
  private static final Duration POLLED_FRESH = Duration.ofMinutes(3);
  private static final Duration POLLED_LIFE = Duration.ofHours(2);

  private final ConcurrentHashMap<String, Entry> byResource = new ConcurrentHashMap<>();
  private final TimeSource time;
  private final long freshNanos;
  private final long lifeNanos;

  private record Entry(long count, long averageSize, long setAtNanos) {}

  private ObjectStatistics(TimeSource time, Duration fresh, Duration life) {
    this.time = time;
    this.freshNanos = fresh.toNanos();
    this.lifeNanos = life.toNanos();
  }

  /** For figures taken from responses that happen to pass: never stale, unknown after an hour. */
  public static ObjectStatistics learned(TimeSource time) {
    return new ObjectStatistics(time, LEARNED_LIFE, LEARNED_LIFE);
  }

  /** For figures that are asked for every minute: stale after 3 minutes, unknown after 2 hours. */
  public static ObjectStatistics polled(TimeSource time) {
    return new ObjectStatistics(time, POLLED_FRESH, POLLED_LIFE);
  }

  /** The name under which a resource is counted: {@code resource} or {@code resource.group}. */
  public static String key(RequestInfo info) {
    return info.apiGroup().isEmpty() ? info.resource() : info.resource() + '.' + info.apiGroup();
  }

  @Override
  public ObjectReading read(String resourceKey) {
    Entry entry = byResource.get(resourceKey);
    if (entry == null) {
      return ObjectReading.NOT_TRACKED;
    }
    long age = age(entry);
    if (age > lifeNanos) {
      byResource.remove(resourceKey, entry);
      return ObjectReading.NOT_TRACKED;
    }
    return age > freshNanos
        ? ObjectReading.STALE
        : new ObjectReading(ObjectReading.State.FRESH, entry.count, entry.averageSize);
  }

  /** Replaces what was known. A new resource beyond the bound is not tracked. */
  public void set(String resourceKey, long count, long averageSize) {
    if (hasRoomFor(resourceKey)) {
      byResource.put(resourceKey, new Entry(count, averageSize, time.nanoTime()));
    }
  }

  /**
   * Takes in one complete list.
   *
   * @param atLeast objects that exist for certain
   * @param exact whether these are all; else they raise the count but never lower it
   * @param averageSize bytes of one object, 0 if the list was empty
   * @param wholeObjects whether it showed the objects; else the size counts only if none is known
   */
  public void learn(
      String resourceKey, long atLeast, boolean exact, long averageSize, boolean wholeObjects) {
    if (hasRoomFor(resourceKey)) {
      byResource.compute(
          resourceKey,
          (key, entry) -> {
            Entry old = live(entry);
            boolean known = old != null && old.averageSize > 0;
            return merge(old, atLeast, exact, wholeObjects || !known ? averageSize : 0);
          });
    }
  }

  private Entry merge(@Nullable Entry old, long atLeast, boolean exact, long averageSize) {
    long now = time.nanoTime();
    if (old == null) {
      return new Entry(atLeast, averageSize, now);
    }
    if (exact || atLeast >= old.count) {
      return new Entry(atLeast, averageSize > 0 ? averageSize : old.averageSize, now);
    }
    // a part of the objects hints at their size; the count keeps its age, or it could never sink
    return new Entry(old.count, blend(old.averageSize, averageSize), old.setAtNanos);
  }

  private static long blend(long old, long sample) {
    if (old <= 0 || sample <= 0) {
      return Math.max(old, sample);
    }
    return old + (sample - old) / 4;
  }

  private @Nullable Entry live(@Nullable Entry entry) {
    return entry == null || age(entry) > lifeNanos ? null : entry;
  }

  private boolean hasRoomFor(String resourceKey) {
    if (byResource.size() < MOST_RESOURCES || byResource.containsKey(resourceKey)) {
      return true;
    }
    byResource.values().removeIf(entry -> age(entry) > lifeNanos);
    return byResource.size() < MOST_RESOURCES;
  }

  private long age(Entry entry) {
    return time.nanoTime() - entry.setAtNanos;
  }
}
