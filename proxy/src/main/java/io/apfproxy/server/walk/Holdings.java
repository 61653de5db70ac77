package io.apfproxy.server.walk;

import org.jspecify.annotations.Nullable;

/**
 * What a request has taken and must give back: each thing once, the last taken first. Belongs to
 * the event loop of its request.
 */
final class Holdings {
  private record Held(Runnable giveBack, @Nullable Held before) {}

  private @Nullable Held last;
  private boolean closed;

  /** Adds how to give a thing back; it goes back at once if all has been given back already. */
  void add(Runnable giveBack) {
    if (closed) {
      giveBack.run();
    } else {
      last = new Held(giveBack, last);
    }
  }

  /**
   * Gives back all, and from now on whatever is added. If giving back throws, the rest is given
   * back when this is called again. Harmless when repeated.
   */
  void close() {
    closed = true;
    for (Held next = last; next != null; next = last) {
      last = next.before();
      next.giveBack().run();
    }
  }

  boolean isClosed() {
    return closed;
  }
}
