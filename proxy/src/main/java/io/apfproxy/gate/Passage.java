package io.apfproxy.gate;

import io.apfproxy.request.RefusedException;

/** One request on its way along the gates of a chain. Not thread-safe. */
public final class Passage {
  /*
   * A bit for each gate. What was entered is refunded as long as the request has waited nowhere
   * since; a step is what happens between two waits. Each bit is cleared before its gate is told, so
   * that none is told twice, and the rest is told even if one of them throws.
   */
  private final Gate[] gates;
  private final Asked asked;
  private boolean mayWait;
  private int next;
  private long entered;
  private long enteredInThisStep;
  private int waitsBefore = -1;

  Passage(Gate[] gates, Asked asked) {
    this.gates = gates;
    this.asked = asked;
  }

  /**
   * There is room for the request to wait at these gates, from now on. Before, it enters none that
   * would let it wait: a bucket of which somebody waits gives nothing back.
   */
  public void mayWait() {
    mayWait = true;
  }

  /**
   * Passes gates until one lets the request wait. To be called again when it has waited so long,
   * and once it {@link #mayWait}; the gates behind are asked only then, so that nobody holds a
   * place of theirs while he waits.
   *
   * @param now of {@link io.apfproxy.time.TimeSource#nanoTime}
   * @return nanoseconds to wait; 0 if it has passed them all
   * @throws RefusedException a gate refuses; all before it have been given back what they gave
   */
  public long goOn(long now) throws RefusedException {
    if (waitsBefore != asked.waits()) {
      enteredInThisStep = 0;
      waitsBefore = asked.waits();
    }
    while (next < gates.length) {
      if (gates[next].concerns(asked)) {
        long wait = enter(next, now);
        if (wait > 0) {
          return wait;
        }
      } else {
        next++;
      }
    }
    return 0;
  }

  /** Passes the next gate, unless it would have to wait there and may not. */
  private long enter(int gate, long now) throws RefusedException {
    long wait;
    try {
      wait = mayWait ? gates[gate].enterWaiting(asked, now) : gates[gate].enter(asked, now);
    } catch (RefusedException refusal) {
      giveBack(true);
      throw refusal;
    }
    if (wait == 0 || mayWait) {
      entered |= 1L << gate;
      enteredInThisStep |= 1L << gate;
      next++;
    }
    return wait;
  }

  /**
   * The request ends, however it does: tells the gates that it entered, the last one first.
   * Harmless when repeated.
   */
  public void giveBack() {
    giveBack(asked.isRefused() && asked.waits() == waitsBefore);
  }

  private void giveBack(boolean refundsThisStep) {
    if (entered == 0) {
      return;
    }
    long last = Long.highestOneBit(entered);
    Gate gate = gates[Long.numberOfTrailingZeros(last)];
    entered &= ~last;
    try {
      if (refundsThisStep && (enteredInThisStep & last) != 0) {
        gate.refund(asked);
      } else {
        gate.leave(asked);
      }
    } finally {
      giveBack(refundsThisStep);
    }
  }
}
