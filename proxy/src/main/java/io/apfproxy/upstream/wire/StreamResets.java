package io.apfproxy.upstream.wire;

import io.apfproxy.time.DelayedActions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Resets the streams of one HTTP/2 connection to the upstream, no faster than a server bears.
 * Belongs to the connection's event loop. Source: specification security.md S38, CVE-2023-39325.
 */
public final class StreamResets {
  /*
   * A server closes a connection whose client resets too many streams, and with it the requests of
   * everybody else there. So after MOST of them in WINDOW a stream that nobody wants any more is left
   * to itself and what still comes is dropped. Most of them end soon. Those that have not, a watch
   * first of all, are reset as soon as there is room, the oldest first: at the latest after one WINDOW
   * for every MOST streams of the connection. Until then such a stream keeps its place on the
   * connection, and its seats if the server may work on it; the requests of others go over another
   * connection. To close this one, or to send GOAWAY, would
   * end or move what others have there, and would let the one who cancels use up connections.
   *
   * WINDOW is a second longer than the server's 10 s, as the first reset in it may arrive late.
   *
   * The server may work on for a moment after a reset, and counts that (Go starts no more handlers
   * than it announced streams, lets four times as many wait, then closes the connection). Hence a
   * stream counts as open for GRACE after its reset.
   */
  private static final int MOST = 100;
  private static final long WINDOW = Duration.ofSeconds(11).toNanos();
  private static final long GRACE = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private final DelayedActions later;
  private final IntConsumer unfinished;
  private final Deque<Long> resetAt = new ArrayDeque<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int recent;
  private boolean armed;

  /**
   * @param later runs actions on the connection's event loop
   * @param unfinished told how many streams were reset so short a time ago that the server may
   *     still work on them, whenever that changes
   */
  StreamResets(LongSupplier nanos, DelayedActions later, IntConsumer unfinished) {
    this.nanos = nanos;
    this.later = later;
    this.unfinished = unfinished;
  }

  /**
   * Resets a stream, at once if that may be.
   *
   * @param reset does it; called at most once
   * @return to be called if the stream ends otherwise: then it is not reset any more
   */
  Runnable reset(Runnable reset) {
    if (waiting.isEmpty() && hasRoom()) {
      carryOut(reset);
      return () -> {};
    }
    waiting.add(reset);
    arm();
    return () -> waiting.remove(reset);
  }

  private boolean hasRoom() {
    long now = nanos.getAsLong();
    while (!resetAt.isEmpty() && now - resetAt.element() >= WINDOW) {
      resetAt.remove();
    }
    return resetAt.size() < MOST;
  }

  private void carryOut(Runnable reset) {
    resetAt.add(nanos.getAsLong());
    count(1); // before the stream's place is free
    later.after(GRACE, () -> count(-1));
    reset.run();
  }

  private void count(int change) {
    recent += change;
    unfinished.accept(recent);
  }

  private void arm() {
    if (!armed && !waiting.isEmpty()) {
      armed = true;
      later.after(resetAt.element() + WINDOW - nanos.getAsLong(), this::catchUp);
    }
  }

  private void catchUp() {
    armed = false;
    while (!waiting.isEmpty() && hasRoom()) {
      carryOut(waiting.remove());
    }
    arm();
  }
}
