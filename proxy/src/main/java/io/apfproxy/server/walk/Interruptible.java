package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;

/** What may befall a request while it waits. Belongs to the event loop of its request. */
abstract class Interruptible {
  /** Nobody waits for it any more, as the client left: it is to end soon. */
  void cancel() {}

  /** Its time is up, or its place is needed: it is to end soon. */
  void expire() {
    cancel();
  }

  /**
   * Ends a response that has begun, between two events of a watch.
   *
   * @param rule why, for log and metric
   * @return whether there is one
   */
  boolean finish(String rule) {
    return false;
  }

  /**
   * The proxy stops: refuses what has seats, but was not sent yet.
   *
   * @return whether it did
   */
  boolean withdraw(RefusedException refusal) {
    return false;
  }

  /** It was sent on, and what its client sends cannot be read: it is to end soon. */
  void giveUp(RefusedException why) {
    cancel();
  }

  /** Something was thrown, and nothing is known of how far it came. */
  void abandon(Call call) {
    try {
      call.end();
    } finally {
      cancel();
    }
  }
}
