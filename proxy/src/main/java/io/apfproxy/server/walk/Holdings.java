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

  /** Gives back all, whatever is thrown by it, and from now on what is added. */
  void close() {
    closed = true;
    Held next = last;
    if (next != null) {
      last = next.before();
      try {
        next.giveBack().run();
      } finally {
        close();
      }
    }
  }

  boolean isClosed() {
    return closed;
  }
}
