package io.apfproxy.server.walk;

import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.Passage;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.TimeUnit;

/** The stations before and after {@link Identify}: gates. */
final class PassGates implements Station {
  /** Timers count whole milliseconds, and nobody is to go on before his time. */
  private static final long ROUND_UP = TimeUnit.MILLISECONDS.toNanos(1) - 1;

  private final GateChain gates;
  private final WaitingGates waiting;
  private final TimeSource time;

  /**
   * @param waiting what those pass besides whom a gate lets wait
   */
  PassGates(GateChain gates, WaitingGates waiting, TimeSource time) {
    this.gates = gates;
    this.waiting = waiting;
    this.time = time;
  }

  @Override
  public Wait at(Call call) throws RefusedException {
    Passage passage = gates.passage(call);
    if (passage == null) {
      return Wait.NONE;
    }
    call.hold(passage::giveBack);
    return passage.goOn(time.nanoTime()) == 0 ? Wait.NONE : new AtGate(call, passage);
  }

  private final class AtGate extends Wait {
    private final Call call;
    private final Passage passage;

    AtGate(Call call, Passage passage) {
      this.call = call;
      this.passage = passage;
    }

    @Override
    void begin() throws RefusedException {
      waiting.pass(call, this);
      passage.mayWait();
      goOnAfter(passage.goOn(time.nanoTime()));
    }

    private void goOnAfter(long wait) {
      hold(call.loop().after(wait + ROUND_UP, this::pass));
    }

    private void pass() {
      try {
        long more = passage.goOn(time.nanoTime());
        if (more == 0) {
          goOn();
        } else {
          call.waited();
          goOnAfter(more);
        }
      } catch (RefusedException refusal) {
        refuse(refusal);
      }
    }

    @Override
    void cancel() {
      refuse(
          new RefusedException(429, "TooManyRequests", "gave-way", "its place was needed")
              .retryAfter(1));
    }
  }
}
