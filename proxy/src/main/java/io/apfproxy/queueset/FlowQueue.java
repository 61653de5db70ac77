package io.apfproxy.queueset;

/** One line of a queue set, its sums kept as requests come and go. */
final class FlowQueue {
  final RequestList waiting = new RequestList();
  final RequestList executing = new RequestList();

  /** Place among the queues of the set; changes when one before it is removed. */
  int index;

  int waitingInitialSeats;
  int waitingSeats;
  long waitingWork;

  /** Seats of its executing and lingering requests. */
  int seatsInUse;

  /** R at which its next request starts, in a server that would divide seats without limit. */
  long nextDispatchR;

  FlowQueue(int index) {
    this.index = index;
  }

  /** Whether it takes part in the sharing of seats; lingering seats alone do not count. */
  boolean isBusy() {
    return waiting.size() > 0 || executing.size() > 0;
  }

  void enqueue(SeatRequest request) {
    waiting.add(request);
    waitingInitialSeats += request.initialSeats;
    waitingSeats += request.seats;
    waitingWork += request.totalWork;
  }

  /** Takes a waiting request out, from wherever it stands. */
  void remove(SeatRequest request) {
    waiting.remove(request);
    waitingInitialSeats -= request.initialSeats;
    waitingSeats -= request.seats;
    waitingWork -= request.totalWork;
  }

  /** Its virtual start never lies before the arrival of its head: unused allotment is not saved. */
  void boundNextDispatch() {
    SeatRequest head = waiting.first();
    if (head != null && Long.compareUnsigned(nextDispatchR, head.arrivalR) < 0) {
      nextDispatchR = head.arrivalR;
    }
  }
}
