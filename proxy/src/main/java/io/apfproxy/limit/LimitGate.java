package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.LimitTable.Place;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.function.Supplier;

/**
 * The gate of all limits at one place of the walk. Thread-safe. Source: specification limits.md
 * L-02, L-14, L-22, L-23, L-25, L-32.
 */
final class LimitGate implements Gate {
  /*
   * Nothing is kept of a request: the limits that were in force when it came to the first such gate stay with it, and by them its
   * limits and keys are found again. A table without limits at this place costs a volatile read. Only where limits are in shadow
   * something is remembered: whether they would have let it come so far (Course).
   */
  private final Place place;
  private final Supplier<LimitTable> now;
  private final Supplier<Course> courses;
  private final TimeSource time;

  LimitGate(Place place, Supplier<LimitTable> now, Supplier<Course> courses, TimeSource time) {
    this.place = place;
    this.now = now;
    this.courses = courses;
    this.time = time;
  }

  @Override
  public boolean concerns(Asked asked) {
    return !now.get().at(place).isEmpty();
  }

  private Course course(Asked asked) {
    return (Course) asked.inForce(courses);
  }

  @Override
  public long enter(Asked asked, long at) throws RefusedException {
    return enter(asked, at, false);
  }

  @Override
  public long enterWaiting(Asked asked, long at) throws RefusedException {
    return enter(asked, at, true);
  }

  private long enter(Asked asked, long at, boolean mayWait) throws RefusedException {
    Course course = course(asked);
    LimitSet limits = course.table().at(place);
    Found found = limits.find(asked);
    if (found.number() == 0) {
      return 0;
    }
    if (found.number() > 1) { // else it would lose at one what it takes of another
      long wait = askAll(limits, found, asked, at);
      if (wait > 0 && !mayWait) {
        return wait;
      }
    }
    long longest = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      if (limit.isShadowFor(asked)) {
        continue;
      }
      long wait =
          mayWait
              ? limit.take(found.key(i), found.owner(i), asked, at)
              : limit.takeAtOnce(found.key(i), found.owner(i), asked, at);
      if (wait > 0 && !mayWait) {
        giveBack(limits, found, i, false, asked, at); // of several: somebody else was faster
        return wait;
      }
      if (wait < 0) {
        giveBack(limits, found, i, false, asked, at);
        throw limit.refusal(limit.retryAfter(found.key(i), found.owner(i), -wait, at), asked);
      }
      longest = Math.max(longest, wait);
      limit.passed(wait);
    }
    if (limits.hasShadows()) {
      new ShadowPassage(course, place, asked, at).enter(limits, found);
    }
    return longest;
  }

  /** Refuses by the one that refuses longest; returns the longest wait if none does. */
  private static long askAll(LimitSet limits, Found found, Asked asked, long at)
      throws RefusedException {
    Limit longest = null;
    int seconds = 0;
    long most = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      long wait =
          limit.isShadowFor(asked) ? 0 : limit.peek(found.key(i), found.owner(i), asked, at);
      most = Math.max(most, wait);
      if (wait < 0) {
        int own = limit.retryAfter(found.key(i), found.owner(i), -wait, at);
        if (own > seconds) {
          longest = limit;
          seconds = own;
        }
      }
    }
    if (longest != null) {
      throw longest.refusal(seconds, asked);
    }
    return most;
  }

  /**
   * What the first so many of them took.
   *
   * @param inShadow of those in shadow, too
   */
  static void giveBack(
      LimitSet limits, Found found, int number, boolean inShadow, Asked asked, long at) {
    for (int i = number - 1; i >= 0; i--) {
      Limit limit = limits.limit(found, i);
      if (inShadow || !limit.isShadowFor(asked)) {
        limit.refund(found.key(i), asked, at);
      }
    }
  }

  @Override
  public void refund(Asked asked) {
    Course course = course(asked);
    LimitSet limits = course.table().at(place);
    Found found = limits.find(asked);
    boolean inShadow =
        !course.isRefused()
            && (place == Place.PLACES || !course.isDelayed()); // as if it had waited
    giveBack(limits, found, found.number(), inShadow, asked, time.nanoTime());
  }

  @Override
  public void leave(Asked asked) {
    if (place != Place.PLACES) {
      return; // it is used, also by whom it was of no use to
    }
    Course course = course(asked);
    LimitSet limits = course.table().at(place);
    Found found = limits.find(asked);
    long at = time.nanoTime();
    for (int i = found.number() - 1; i >= 0; i--) {
      Limit limit = limits.limit(found, i);
      if (!limit.isShadowFor(asked) || !course.isRefused()) {
        limit.leave(found.key(i), asked, at);
      }
    }
  }
}
