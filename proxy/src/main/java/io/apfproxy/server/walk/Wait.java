package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What one request waits for at a {@link Station}: who asks, a gate, seats, the upstream. It ends
 * once, and then the request goes on or is refused. Belongs to the event loop of its request.
 */
abstract class Wait {
  /** Of those that need not wait. */
  static final Wait NONE = new Wait(true) {};

  private final Holdings holdings = new Holdings();
  private boolean over;
  private @Nullable RefusedException refusal;
  private @Nullable Runnable whenOver;

  Wait() {
    this(false);
  }

  private Wait(boolean over) {
    this.over = over;
  }

  /**
   * It did not end at once: takes what is held only while a request waits.
   *
   * @throws RefusedException there is no room to wait
   */
  void begin() throws RefusedException {}

  /** Nobody waits for it any more, as the client left: it is to end soon. */
  void cancel() {}

  /** Its time is up: it is to end soon. */
  void expire() {
    cancel();
  }

  /** What it holds is needed by somebody who has less: it is to end soon. */
  void giveWay() {
    cancel();
  }

  /**
   * Ends a watch between two events.
   *
   * @param rule why, for log and metric
   * @return whether it had begun
   */
  boolean finishWatch(String rule) {
    return false;
  }

  /** Something was thrown, and nothing is known of how far it came. */
  void abandon(Call call) {
    try {
      call.end();
    } finally {
      cancel();
    }
  }

  /** Keeps a thing until the wait is over. */
  final void hold(Runnable giveBack) {
    holdings.add(giveBack);
  }

  /** Gives back what was held for the wait. To be called again if that throws. */
  final void giveBack() {
    holdings.close();
  }

  /** The request goes on. Harmless when repeated. */
  final void goOn() {
    finish(null);
  }

  /** The request is refused. Harmless when it is over. */
  final void refuse(RefusedException why) {
    finish(why);
  }

  private void finish(@Nullable RefusedException why) {
    if (over) {
      return;
    }
    over = true;
    refusal = why;
    Runnable next = whenOver;
    if (next != null) {
      next.run();
    }
  }

  final boolean isOver() {
    return over;
  }

  final void whenOver(Runnable next) {
    whenOver = next;
  }

  /**
   * @throws RefusedException if that is how it ended
   */
  final void check() throws RefusedException {
    RefusedException why = refusal;
    if (why != null) {
      throw why;
    }
  }
}
