package io.apfproxy.queueset;

import java.util.HashMap;
import java.util.Map;

/**
 * Of requests that have their seats, those that nobody serves for now, and for how long nobody did.
 * Empty but while the upstream is away, and soon after. Not thread-safe: the level's lock guards
 * it. Source: specification limits.md L-91.
 */
final class Pauses {
  /*
   * Only those of which nothing was sent are here. What was sent before the upstream fell silent is
   * charged for the silence, too: as far as anybody knows it is worked on and takes what it took
   * before, as it does where only the way is cut, and it may be what the upstream chokes on. Were
   * that free, who sends the lists that stop a server would not wait for those whom he has stopped.
   */
  private final Map<SeatRequest, Pause> known = new HashMap<>();

  /** Seats of those that nobody serves now. */
  int seats;

  private static final class Pause {
    private long unservedNanos;
    private long sinceNanos;
    private boolean on;
  }

  /**
   * Nobody serves it from now on.
   *
   * @return whether somebody did
   */
  boolean begin(SeatRequest request, long nowNanos) {
    Pause pause = known.computeIfAbsent(request, first -> new Pause());
    if (pause.on) {
      return false;
    }
    pause.on = true;
    pause.sinceNanos = nowNanos;
    seats += request.seats;
    return true;
  }

  /**
   * It is served from now on.
   *
   * @return whether it was not
   */
  boolean end(SeatRequest request, long nowNanos) {
    Pause pause = known.get(request);
    if (pause == null || !pause.on) {
      return false;
    }
    pause.on = false;
    pause.unservedNanos += nowNanos - pause.sinceNanos;
    seats -= request.seats;
    return true;
  }

  /** How long it had its seats while nobody served it; nothing more is known of it afterwards. */
  long forget(SeatRequest request, long nowNanos) {
    if (known.isEmpty()) {
      return 0;
    }
    end(request, nowNanos);
    Pause pause = known.remove(request);
    return pause == null ? 0 : pause.unservedNanos;
  }
}
