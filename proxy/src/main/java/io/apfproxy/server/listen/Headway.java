package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Whether the handshakes of an address get on: which of them only hold a place that others of their
 * address could use, and which are as slow as all of it are, because it, or this machine, has much
 * to do. Not thread-safe.
 */
final class Headway {
  /** What takes less is not slow, whatever is usual: a client may be far away. */
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(8);

  /** Who begins so much later and is done sooner has overtaken. */
  private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** So many times as long as usual one may take that was overtaken. */
  private static final int MUCH_LONGER = 8;

  /** How long none may succeed: a busy machine that is all clients of an address takes a while. */
  private static final long STANDSTILL_NANOS = TimeUnit.SECONDS.toNanos(8);

  /** The same for an address of which nothing is known. */
  private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** So many times as long as one usually takes none may succeed, if that is longer. */
  private static final int LONG = 10;

  /** One that is quicker than usual counts for so much; a slower one is usual at once. */
  private static final int WEIGHT = 8;

  private final Map<ClientAddress, Course> courses;

  /** Of one address; times in nanoseconds. */
  private static final class Course {
    /** How long those that succeeded took; 0 if there was none. */
    private long usual;

    /** When the latest of those began. */
    private long latest;

    /** Since when none has ended though there was one. */
    private long quietSince;
  }

  /**
   * @param most addresses that are remembered, those that were not heard of longest go first
   */
  Headway(int most) {
    courses =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<ClientAddress, Course> eldest) {
            return size() > most;
          }
        };
  }

  private Course course(ClientAddress address) {
    return courses.computeIfAbsent(address, first -> new Course());
  }

  /** One begins while there is no other. */
  void firstBegins(ClientAddress address, long now) {
    course(address).quietSince = now;
  }

  void succeeded(ClientAddress address, long begunAt, long now) {
    Course course = course(address);
    long took = Math.max(1, now - begunAt);
    course.latest = course.usual == 0 ? begunAt : Math.max(course.latest, begunAt);
    course.usual = Math.max(took, course.usual + (took - course.usual) / WEIGHT);
    course.quietSince = now;
  }

  /**
   * Whether one only holds its place: it was overtaken, and takes much longer than is usual for its
   * address; or none of them succeeds for long.
   */
  boolean isLeftBehind(ClientAddress address, long begunAt, long now) {
    long age = now - begunAt;
    Course course = courses.get(address);
    if (course == null) {
      return age >= UNKNOWN_NANOS; // more addresses came since than are remembered
    }
    boolean known = course.usual > 0;
    boolean overtaken =
        known
            && course.latest - begunAt >= LATER_NANOS
            && age >= Math.max(LEAST_NANOS, MUCH_LONGER * course.usual);
    long patience = known ? Math.max(STANDSTILL_NANOS, LONG * course.usual) : UNKNOWN_NANOS;
    return overtaken || Math.min(age, now - course.quietSince) >= patience;
  }
}
