package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.limit.LimitTable.Place;

/**
 * What the limits in shadow at one place would do with a request that the others let pass there:
 * their buckets move as if they were enforced. Source: specification limits.md L-32.
 */
final class ShadowPassage {
  private final Course course;
  private final Place place;
  private final Asked asked;
  private final long at;

  ShadowPassage(Course course, Place place, Asked asked, long at) {
    this.course = course;
    this.place = place;
    this.asked = asked;
    this.at = at;
  }

  /**
   * @param found those that concern it, enforced ones among them
   */
  void enter(LimitSet limits, Found found) {
    if (course.isRefused()) {
      return;
    }
    boolean refused = false;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      if (limit.isShadow() && limit.peek(found.key(i), found.owner(i), asked, at) < 0) {
        refused = true;
        limit.passedInShadow(true, 0);
      }
    }
    if (refused) {
      course.refuse();
      refundBefore();
    } else {
      take(limits, found);
    }
  }

  private void take(LimitSet limits, Found found) {
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      if (limit.isShadow()) {
        long wait = limit.take(found.key(i), found.owner(i), asked, at);
        limit.passedInShadow(wait < 0, wait);
        if (wait < 0) { // somebody else was faster
          course.refuse();
          giveBack(limits, found, i);
          return;
        }
        if (wait > 0) {
          course.delay();
        }
      }
    }
  }

  /** It would have been refused in the step in which it took those. */
  private void refundBefore() {
    if (place == Place.PLACES && !course.isDelayed()) {
      LimitSet paces = course.table().at(Place.PACES);
      Found found = paces.find(asked);
      giveBack(paces, found, found.number());
    }
  }

  private void giveBack(LimitSet limits, Found found, int number) {
    for (int i = number - 1; i >= 0; i--) {
      Limit limit = limits.limit(found, i);
      if (limit.isShadow()) {
        limit.refund(found.key(i), asked, at);
      }
    }
  }
}
