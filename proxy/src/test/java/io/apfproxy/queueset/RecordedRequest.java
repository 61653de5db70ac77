package io.apfproxy.queueset;

/** A request that remembers what it was told. */
final class RecordedRequest extends SeatRequest {
  final long id;
  int told;

  RecordedRequest(
      long id, long flowHash, int initialSeats, int finalSeats, long additionalLatencyNanos) {
    super(new FlowTally("schema"), flowHash, initialSeats, finalSeats, additionalLatencyNanos);
    this.id = id;
  }

  @Override
  protected void onExecute() {
    told++;
  }

  @Override
  protected void onRefuse(Refusal reason) {
    told++;
  }
}
