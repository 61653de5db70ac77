package io.apfproxy.server.walk;

import java.util.Arrays;

/**
 * What a request has taken and must give back: each thing once, the last taken first. Belongs to
 * the event loop of its request.
 */
final class Holdings {
  /** Gives back at once. */
  static final Holdings CLOSED = new Holdings(0);

  static {
    CLOSED.close();
  }

  private Runnable[] held;
  private int number;
  private boolean closed;

  /**
   * @param usual how many things there will hardly be more of
   */
  Holdings(int usual) {
    held = new Runnable[usual];
  }

  /** Adds how to give a thing back; it goes back at once if all has been given back already. */
  void add(Runnable giveBack) {
    if (closed) {
      giveBack.run();
      return;
    }
    if (number == held.length) {
      held = Arrays.copyOf(held, 2 * number + 1);
    }
    held[number++] = giveBack;
  }

  /** Gives back all, whatever is thrown by it, and from now on what is added. */
  void close() {
    closed = true;
    if (number > 0) {
      Runnable last = held[--number];
      try {
        last.run();
      } finally {
        close();
      }
    }
  }

  boolean isClosed() {
    return closed;
  }
}
