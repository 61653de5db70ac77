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
  /** How long a handshake may take to get on; in milliseconds here, in nanoseconds inside. */
  enum Patience {
    /** Until it has to stand aside, which costs it nothing. */
    SHORT(250, 250, 1_000),

    /** Until it has to give way: a busy machine that is all clients of an address takes a while. */
    LONG(2_000, 8_000, 8_000);

    /** What takes less is not slow, whatever is usual: a client may be far away. */
    private final long least;

    /** How long none may succeed. */
    private final long standstill;

    /** The same for an address of which nothing is known. */
    private final long unknown;

    Patience(int least, int standstill, int unknown) {
      this.least = TimeUnit.MILLISECONDS.toNanos(least);
      this.standstill = TimeUnit.MILLISECONDS.toNanos(standstill);
      this.unknown = TimeUnit.MILLISECONDS.toNanos(unknown);
    }
  }

  /** Who begins so much later and is done sooner has overtaken. */
  private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** So many times as long as usual one may take that was overtaken, or none may succeed. */
  private static final int MUCH_LONGER = 4;

  /** With each that took longer, or less long, what is usual moves by so much of it. */
  private static final int STEP = 4;

  private final Map<ClientAddress, Course> courses;

  /** Of one address; times in nanoseconds. */
  private static final class Course {
    /** How long about half of those that succeeded took at most; 0 if there was none. */
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
    course.usual = course.usual == 0 ? took : towards(took, course.usual);
    course.quietSince = now;
  }

  private static long towards(long took, long usual) {
    long step = usual / STEP + 1;
    return took > usual ? Math.min(took, usual + step) : Math.max(took, usual - step);
  }

  /**
   * Whether one only holds its place: it was overtaken, and takes much longer than is usual for its
   * address; or none of them succeeds for long.
   */
  boolean isBeyond(Patience patience, ClientAddress address, long begunAt, long now) {
    long age = now - begunAt;
    Course course = courses.get(address);
    if (course == null) {
      return age >= patience.unknown; // more addresses came since than are remembered
    }
    boolean known = course.usual > 0;
    boolean overtaken =
        known
            && course.latest - begunAt >= LATER_NANOS
            && age >= Math.max(patience.least, MUCH_LONGER * course.usual);
    long standstill =
        known ? Math.max(patience.standstill, MUCH_LONGER * course.usual) : patience.unknown;
    return overtaken || Math.min(age, now - course.quietSince) >= standstill;
  }
}
