package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/**
 * The queues of one priority level, and the virtual time by which their turn is judged: who waits
 * in which, and what each is charged. Knows of seats only how many its requests have. Not
 * thread-safe: the level's lock guards it.
 */
final class FairQueues {
  /*
   * Nothing here walks the queues but the rebase of R (once in years), the removal of a queue after a reconfiguration, and the
   * dumps: what the rate of R needs are two running totals, and the queue to dispatch from comes from the round, which is told of
   * every change.
   */
  final ProgressMeter meter;
  final QueueTable table;
  final QueueRound round;
  final QueueChooser chooser = new QueueChooser();
  private final Pauses pauses = new Pauses();

  /** Requests in queues, and the seats that those will hold. */
  int waiting;

  int seatsWaiting;

  /** Queues in which something waits. */
  int waitingQueues;

  /** Seats of the requests that have or had a queue: waiting, executing or lingering. */
  private int seats;

  private int busyQueues;

  FairQueues(long nowNanos, QueueTable table, DispatchTree ranking) {
    this.meter = new ProgressMeter(nowNanos);
    this.table = table;
    this.round = new QueueRound(table, ranking);
  }

  int size() {
    return table.size();
  }

  /** Requests line up so from now on. What waits stays where it is. */
  void adopt(QueuingShape shape) {
    if (shape.queues() > 0) {
      chooser.reconfigure(shape.queues(), shape.handSize());
      table.growTo(shape.queues());
      round.rankAll();
    }
  }

  /**
   * Moves virtual time on.
   *
   * @param most seats they could have had since it was moved last
   * @return whether it must be rebased now
   */
  boolean advance(long nowNanos, int most) {
    double served = pauses.seats == 0 ? Math.min(seats, most) : servedBesidePauses(most);
    double rate = busyQueues == 0 ? 0 : served / busyQueues;
    return meter.advance(nowNanos, rate);
  }

  /** Whoever is not served keeps his seats from others, also above a limit that has fallen. */
  private int servedBesidePauses(int most) {
    return Math.min(seats, Math.max(most, seats - seatsWaiting)) - pauses.seats;
  }

  /**
   * Takes the same from virtual time and from every reading of it that is kept.
   *
   * @return whether one of them would have fallen below zero
   */
  boolean rebase() {
    meter.rebase();
    boolean[] clamped = {false};
    table.forEachMade(queue -> clamped[0] |= queue.rebase());
    round.rankAll();
    return clamped[0];
  }

  /** The queue of an arrival. */
  FlowQueue choose(SeatRequest request) {
    return chooser.choose(request.flowHash, table);
  }

  /** The queue whose turn it is; null if nothing waits. */
  @Nullable FlowQueue next() {
    return round.next();
  }

  /** A request is the last of its queue now. The queue is to be ranked afterwards. */
  void enqueue(FlowQueue queue, SeatRequest request) {
    if (!queue.isBusy()) {
      queue.nextDispatchR = meter.r();
      busyQueues++;
    }
    if (queue.waiting.size() == 0) {
      waitingQueues++;
    }
    request.arrivalR = meter.r();
    request.state = RequestState.WAITING;
    queue.enqueue(request);
    request.queueLength = queue.waiting.size();
    waiting++;
    seatsWaiting += request.seats;
    seats += request.seats;
    request.tally.waiting++;
    request.tally.waitingSeats += request.seats;
    queue.boundNextDispatch();
  }

  /** Takes a request out of its queue, which was dispatched from; {@link #charge} must follow. */
  void take(FlowQueue queue, SeatRequest request) {
    round.moveTo(queue);
    leave(queue, request);
  }

  /** A request that was taken out of its queue executes, with as many seats as it has by now. */
  void charge(FlowQueue queue, SeatRequest request) {
    seats += request.seats;
    queue.executing.add(request);
    queue.seatsInUse += request.seats;
    request.virtualStart = queue.nextDispatchR;
    queue.nextDispatchR += request.totalWork;
    settle(queue);
  }

  /** A waiting request goes away. */
  void cancel(FlowQueue queue, SeatRequest request) {
    leave(queue, request);
    noteIdle(queue);
    settle(queue);
  }

  /** Nobody serves an executing request from now on; gives whether somebody did. */
  boolean pause(SeatRequest request, long nowNanos) {
    return pauses.begin(request, nowNanos);
  }

  /** An executing request is served from now on; gives whether it was not. */
  boolean resume(SeatRequest request, long nowNanos) {
    return pauses.end(request, nowNanos);
  }

  /** A request was served: what it was charged too much for is given back. */
  void served(FlowQueue queue, SeatRequest request) {
    queue.executing.remove(request);
    long paused = pauses.forget(request, request.servedNanos);
    long served = request.servedNanos - request.startNanos - paused;
    long unused = SeatRequest.SERVICE_ESTIMATE_NANOS - served;
    queue.nextDispatchR -= SeatSeconds.of(request.initialSeats, unused);
    noteIdle(queue);
    settle(queue);
  }

  /**
   * The seats of a request that was served are back.
   *
   * @param wanted queues there are to be; its own goes if there are more and it is not used
   */
  void giveBack(FlowQueue queue, SeatRequest request, int wanted) {
    queue.seatsInUse -= request.seats;
    seats -= request.seats;
    if (table.size() > wanted && queue.seatsInUse == 0 && !queue.isBusy()) {
      round.remove(queue);
    }
  }

  private void leave(FlowQueue queue, SeatRequest request) {
    queue.remove(request);
    waiting--;
    seatsWaiting -= request.seats;
    seats -= request.seats;
    request.tally.waiting--;
    request.tally.waitingSeats -= request.seats;
    if (queue.waiting.size() == 0) {
      waitingQueues--;
    }
  }

  private void noteIdle(FlowQueue queue) {
    if (!queue.isBusy()) {
      busyQueues--;
    }
  }

  private void settle(FlowQueue queue) {
    queue.boundNextDispatch();
    round.rank(queue);
  }
}
