package io.apfproxy.queueset;

/**
 * What the requests of one flow schema hold and did at one level. Guarded by that level's lock;
 * written by its queue set only.
 */
public final class FlowTally {
  final String flowSchema;
  int waiting;
  int waitingSeats;
  int executing;
  int executingSeats;
  long dispatched;
  long noAccommodation;

  public FlowTally(String flowSchema) {
    this.flowSchema = flowSchema;
  }

  public String flowSchema() {
    return flowSchema;
  }

  /** Whether it has no request here and holds no seats. */
  public boolean isIdle() {
    return waiting == 0 && executing == 0 && executingSeats == 0;
  }

  /** Requests in queues. */
  public int waiting() {
    return waiting;
  }

  /** Seats that those will hold. */
  public int waitingSeats() {
    return waitingSeats;
  }

  /** Requests being served. */
  public int executing() {
    return executing;
  }

  /** Seats held, lingering ones included. */
  public int executingSeats() {
    return executingSeats;
  }

  /** Requests that ever got their seats. */
  public long dispatched() {
    return dispatched;
  }

  /** How often one of its requests was next but did not fit into the free seats. */
  public long noAccommodation() {
    return noAccommodation;
  }
}
