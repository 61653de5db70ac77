package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/** Requests decided but not told yet, in the order of the decisions; linked through themselves. */
final class DecisionChain {
  private @Nullable SeatRequest first;
  private @Nullable SeatRequest last;

  void add(SeatRequest request) {
    SeatRequest before = last;
    if (before == null) {
      first = request;
    } else {
      before.nextDecided = request;
    }
    last = request;
  }

  /** Empties the chain; the rest follows by {@link SeatRequest#nextDecided}. */
  @Nullable SeatRequest take() {
    SeatRequest taken = first;
    first = null;
    last = null;
    return taken;
  }
}
