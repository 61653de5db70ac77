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
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long none may succeed of an address of which nothing is known. */
  private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** So many times as long as usual one may take. */
  private static final int MUCH_LONGER = 4;

  /** So many times as long as one usually takes none may succeed. */
  private static final int LONG = 10;

  /** The next one counts for so much of what is usual. */
  private static final int WEIGHT = 8;

  private final Map<ClientAddress, Course> courses;

  /** Of one address; times in nanoseconds. */
  private static final class Course {
    /** How long those that succeeded took; 0 if there was none. */
    private long usual;

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
    course.usual = course.usual == 0 ? took : course.usual + (took - course.usual) / WEIGHT;
    course.quietSince = now;
  }

  /**
   * Whether one only holds its place: it takes two seconds or more, and much longer than others of
   * its address take, or none of them has succeeded for long.
   */
  boolean isLeftBehind(ClientAddress address, long begunAt, long now) {
    long age = now - begunAt;
    Course course = courses.get(address);
    if (course == null || course.usual == 0) {
      return age >= UNKNOWN_NANOS && (course == null || now - course.quietSince >= UNKNOWN_NANOS);
    }
    return age >= Math.max(LEAST_NANOS, MUCH_LONGER * course.usual)
        || (age >= LEAST_NANOS
            && now - course.quietSince >= Math.max(LEAST_NANOS, LONG * course.usual));
  }
}
