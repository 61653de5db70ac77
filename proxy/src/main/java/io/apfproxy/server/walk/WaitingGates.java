package io.apfproxy.server.walk;

import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.Passage;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;

/** What only those requests pass that have to wait. None of it lets them wait itself. */
record WaitingGates(GateChain gates, TimeSource time) {
  /**
   * Passes them all; they are left when the wait is over.
   *
   * @throws RefusedException there is no room to wait
   */
  void pass(Call call, Wait wait) throws RefusedException {
    Passage passage = gates.passage(call);
    if (passage != null) {
      wait.hold(passage::giveBack);
      passage.goOn(time.nanoTime());
    }
  }
}
