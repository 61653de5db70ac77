package io.apfproxy.bench;

import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.SeatRequest;
import java.util.ArrayDeque;

/** A request one seat wide that says when it was decided. */
final class BenchRequest extends SeatRequest {
  private final ArrayDeque<BenchRequest> executing;

  /**
   * @param executing where it puts itself once it holds its seat
   */
  BenchRequest(FlowTally tally, long flowHash, ArrayDeque<BenchRequest> executing) {
    super(tally, flowHash, 1, 0, 0);
    this.executing = executing;
  }

  @Override
  protected void onExecute() {
    executing.addLast(this);
  }

  @Override
  protected void onRefuse(Refusal reason) {
    throw new IllegalStateException("refused: " + reason);
  }
}
