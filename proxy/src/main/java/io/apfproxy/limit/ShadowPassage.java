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
    Limit longest = null;
    int seconds = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      if (!limit.isShadowFor(asked)) {
        continue;
      }
      long wait = limit.peek(found.key(i), found.owner(i), asked, at);
      if (wait < 0) {
        int own = limit.retryAfterInShadow(found.key(i), found.owner(i), -wait, at);
        if (own > seconds) {
          longest = limit;
          seconds = own;
        }
      }
    }
    if (longest == null) {
      take(limits, found);
    } else {
      refundBefore();
      refuse(longest, seconds);
    }
  }

  private void refuse(Limit limit, int retryAfterSeconds) {
    course.refuse();
    asked.wouldBeRefused(limit.refusal(retryAfterSeconds, asked));
  }

  private void take(LimitSet limits, Found found) {
    long longest = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      if (limit.isShadowFor(asked)) {
        long wait = limit.take(found.key(i), found.owner(i), asked, at);
        if (wait < 0) { // somebody else was faster
          int seconds = limit.retryAfterInShadow(found.key(i), found.owner(i), -wait, at);
          giveBack(limits, found, i);
          refuse(limit, seconds);
          return;
        }
        limit.passedInShadow(wait);
        longest = Math.max(longest, wait);
      }
    }
    if (longest > 0) {
      course.delay();
      asked.wouldWait(longest);
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
      if (limit.isShadowFor(asked)) {
        limit.refund(found.key(i), asked, at);
      }
    }
  }
}
