package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What one request waits for at a {@link Station}: who asks, a gate, seats, the upstream. It ends
 * once, and then the request goes on or is refused. Belongs to the event loop of its request.
 */
abstract class Wait extends Interruptible {
  /** Of those that need not wait. */
  static final Wait NONE = new Wait() {};

  static {
    NONE.goOn();
  }

  private @Nullable Holdings holdings; // null as long as nothing is held
  private boolean over;
  private @Nullable RefusedException refusal;
  private Runnable whenOver = () -> {};

  /**
   * It did not end at once: takes what is held only while a request waits.
   *
   * @throws RefusedException there is no room to wait
   */
  void begin() throws RefusedException {}

  /** Keeps a thing until the wait is over. */
  final void hold(Runnable giveBack) {
    if (holdings == null) {
      holdings = new Holdings(1);
    }
    holdings.add(giveBack);
  }

  final void giveBack() {
    Holdings held = holdings;
    holdings = Holdings.CLOSED;
    if (held != null) {
      held.close();
    }
  }

  /** The request goes on. Harmless when repeated. */
  final void goOn() {
    end(null);
  }

  /** The request is refused. Harmless when it is over. */
  final void refuse(RefusedException why) {
    end(why);
  }

  private void end(@Nullable RefusedException why) {
    if (!over) {
      over = true;
      refusal = why;
      whenOver.run();
    }
  }

  final boolean isOver() {
    return over;
  }

  final void whenOver(Runnable next) {
    whenOver = next;
  }

  /** Throws if the request was refused. */
  final void check() throws RefusedException {
    if (refusal != null) {
      throw refusal;
    }
  }
}
