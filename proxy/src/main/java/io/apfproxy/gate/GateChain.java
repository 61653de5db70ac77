package io.apfproxy.gate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gates that requests pass in order. Immutable, thread-safe if they are. */
public final class GateChain {
  private final Gate[] gates;

  /**
   * @param gates 64 at most
   */
  public GateChain(List<Gate> gates) {
    if (gates.size() > Long.SIZE) {
      throw new IllegalArgumentException(
          gates.size() + " gates, must be " + Long.SIZE + " or fewer");
    }
    this.gates = gates.toArray(Gate[]::new);
  }

  /**
   * Where a request begins; it has passed no gate yet.
   *
   * @return null if none concerns it; only then nothing is allocated
   */
  public @Nullable Passage passage(Asked asked) {
    for (Gate gate : gates) {
      if (gate.concerns(asked)) {
        return new Passage(gates, asked);
      }
    }
    return null;
  }
}
