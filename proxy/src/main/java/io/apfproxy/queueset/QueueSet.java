package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/**
 * The queues, seats and virtual time of one priority level. Not thread-safe: the level's lock
 * guards it. Each operation is one step at one instant, and instants never run backwards; the
 * requests it decided are then taken with {@link #takeDecided} and told after the lock is free.
 */
public final class QueueSet {
  /*
   * Source: reference, fairqueuing/queueset/queueset.go, same decisions.
   *
   * Other than the reference: without queues a limit of zero refuses everything, instead of letting
   * one request in at a time, and what it refuses counts as wanted; the waiting seats of a trimmed
   * request are taken back as they were counted; a queue is removed only once its lingering seats
   * are back, and never twice; a rebase never wraps.
   */
  // Without modifier: read by the rows and the state that are made of a set for dumps and metrics.
  final FairQueues queues;
  private final SeatDemandSink demand;
  final RequestList withoutQueue = new RequestList();
  final QueueSetTally tally = new QueueSetTally();
  final LevelSeats seats;
  private final DecisionChain decided = new DecisionChain();

  QueuingShape shape = QueuingShape.REJECT;
  int executing;

  /**
   * @param limit seats there are; ignored if exempt
   * @param demand told of every change of seats held or waited for
   */
  public QueueSet(QueuingShape shape, int limit, long nowNanos, SeatDemandSink demand) {
    this(shape, limit, nowNanos, demand, new QueueTable(), new DispatchTree());
  }

  QueueSet(
      QueuingShape shape,
      int limit,
      long nowNanos,
      SeatDemandSink demand,
      QueueTable queues,
      DispatchTree ranking) {
    this.queues = new FairQueues(nowNanos, queues, ranking);
    this.demand = demand;
    this.seats = new LevelSeats(limit);
    adopt(shape);
  }

  /** A request comes: it gets its seats, is put in a queue or is refused. */
  public void arrive(SeatRequest request, long nowNanos) {
    if (request.state != RequestState.CREATED) {
      throw new IllegalStateException("arrived before, now " + request.state);
    }
    advance(nowNanos);
    if (queues.waiting > 0 && seats.anyBeyond()) {
      dispatch(nowNanos); // what has been saved since is for those who came before
    }
    request.arrivalNanos = nowNanos;
    if (shape.exempt()) {
      execute(request, nowNanos);
    } else if (shape.queues() > 0) {
      arriveAtQueue(request, nowNanos);
    } else if (seats.mayExecute(request.seats, executing)) {
      execute(request, nowNanos);
    } else {
      refuse(request, Refusal.CONCURRENCY_LIMIT);
      if (seats.wantedInVain(request.seats)) {
        publishDemand(nowNanos);
      }
    }
    if (request.state != RequestState.EXECUTING) {
      seats.noteNoneBeyond(request.seats);
    }
  }

  /**
   * A request leaves its queue.
   *
   * @return whether it still waited; if not, nothing happened
   */
  public boolean cancel(SeatRequest request, long nowNanos) {
    FlowQueue queue = request.queue;
    if (request.state != RequestState.WAITING || queue == null) {
      return false;
    }
    advance(nowNanos);
    queues.cancel(queue, request);
    tally.cancelled++;
    refuse(request, Refusal.TIME_OUT);
    publishDemand(nowNanos);
    return true;
  }

  /**
   * A request was served. If it is lingering afterwards, {@link #lingerEnd} must follow after
   * {@link #lingerNanos}.
   *
   * @return whether it was executing; if not, nothing happened
   */
  public boolean finish(SeatRequest request, long nowNanos) {
    if (request.state != RequestState.EXECUTING) {
      return false;
    }
    advance(nowNanos);
    executing--;
    request.servedNanos = nowNanos;
    request.tally.executing--;
    FlowQueue queue = request.queue;
    if (queue == null) {
      withoutQueue.remove(request);
    } else {
      queues.served(queue, request);
    }
    if (request.additionalLatencyNanos > 0) {
      request.state = RequestState.LINGERING;
    } else {
      release(request, nowNanos);
    }
    dispatch(nowNanos);
    return true;
  }

  /**
   * Nobody serves an executing request for now, which is no doing of its flow: as long as that
   * lasts it keeps its seats, its queue is not charged for them, and virtual time does not pass for
   * them. It may be finished meanwhile.
   *
   * @return whether it was served in a queue's turn; if not, nothing happened
   */
  public boolean pause(SeatRequest request, long nowNanos) {
    if (request.state != RequestState.EXECUTING || request.queue == null) {
      return false;
    }
    advance(nowNanos);
    return queues.pause(request, nowNanos);
  }

  /**
   * Somebody serves it again.
   *
   * @return whether it was paused; if not, nothing happened
   */
  public boolean resume(SeatRequest request, long nowNanos) {
    if (request.state != RequestState.EXECUTING || request.queue == null) {
      return false;
    }
    advance(nowNanos);
    return queues.resume(request, nowNanos);
  }

  /** How long a lingering request holds its seats after it was served. */
  public static long lingerNanos(SeatRequest request) {
    return request.additionalLatencyNanos;
  }

  /**
   * The additional latency of a request is over.
   *
   * @return whether it was lingering; if not, nothing happened
   */
  public boolean lingerEnd(SeatRequest request, long nowNanos) {
    if (request.state != RequestState.LINGERING) {
      return false;
    }
    advance(nowNanos);
    release(request, nowNanos);
    dispatch(nowNanos);
    return true;
  }

  /** Changes the seats there are. Nothing executing is interrupted, and nothing waiting refused. */
  public void setLimit(int newLimit, long nowNanos) {
    advance(nowNanos);
    limited(seats.setLimit(newLimit), nowNanos);
  }

  /**
   * The same, but where more seats are in use than a lower limit says, about every second one that
   * is given back is given on, until there are no more: nobody's turn stands still meanwhile.
   */
  public void approachLimit(int newLimit, long nowNanos) {
    advance(nowNanos);
    limited(seats.approach(newLimit), nowNanos);
  }

  private void limited(boolean wantsLess, long nowNanos) {
    if (wantsLess) {
      publishDemand(nowNanos);
    }
    dispatch(nowNanos);
  }

  /**
   * Changes what may be saved and spent beyond the limit. What was saved stays, up to the new most.
   *
   * @param terms null if nothing: what is held of the pool goes back at once, though those who have
   *     their seats keep them
   * @param pool always the same
   */
  public void setBurst(@Nullable BurstTerms terms, BurstSeats pool, long nowNanos) {
    if (terms != null || seats.bursts()) {
      advance(nowNanos);
      seats.setBurst(terms, pool, nowNanos);
      dispatch(nowNanos);
    }
  }

  /**
   * Changes how requests line up. What waits stays where it is; superfluous queues go once they are
   * drained.
   */
  public void reconfigure(QueuingShape newShape, long nowNanos) {
    advance(nowNanos);
    adopt(newShape);
    dispatch(nowNanos);
  }

  /** Whether anything waits. */
  public boolean isAwaited() {
    return queues.waiting > 0;
  }

  /** Whether nothing waits or executes; lingering seats do not count. */
  public boolean isIdle() {
    return queues.waiting == 0 && executing == 0;
  }

  /**
   * The requests decided since the last call, in the order of the decisions; null if there are
   * none. They are told by {@link SeatRequest#deliver}.
   */
  public @Nullable SeatRequest takeDecided() {
    return decided.take();
  }

  private void arriveAtQueue(SeatRequest request, long nowNanos) {
    FlowQueue queue = queues.choose(request);
    request.queue = queue;
    if (!seats.anyFree() && queue.waiting.size() >= shape.queueLengthLimit()) {
      refuse(request, Refusal.QUEUE_FULL);
      return;
    }
    queues.enqueue(queue, request);
    publishDemand(nowNanos);
    if (queues.waiting == 1 && seats.mayDispatch(request.seats, executing)) {
      dispatchFrom(queue, request, nowNanos); // it is alone: whose turn it is need not be asked
    } else {
      queues.round.rank(queue);
      dispatch(nowNanos);
    }
  }

  private void dispatch(long nowNanos) {
    while (queues.waiting > 0 && (seats.anyFree() || seats.anyBeyond()) && dispatchNext(nowNanos)) {
      // each step gives one request its seats
    }
  }

  private boolean dispatchNext(long nowNanos) {
    FlowQueue queue = queues.next();
    SeatRequest request = queue == null ? null : queue.waiting.first();
    if (queue == null || request == null) {
      return false;
    }
    if (!seats.mayDispatch(request.seats, executing)) {
      // Narrower requests must not overtake it: seats gather until it fits.
      tally.noAccommodation++;
      request.tally.noAccommodation++;
      queues.round.stay();
      return false;
    }
    dispatchFrom(queue, request, nowNanos);
    return true;
  }

  private void dispatchFrom(FlowQueue queue, SeatRequest head, long nowNanos) {
    queues.take(queue, head);
    trim(head);
    queues.charge(queue, head);
    tally.latestS = head.virtualStart;
    tally.dispatchR = queues.meter.r();
    begin(head, nowNanos);
  }

  /** Final seats beyond the limit become more time on fewer seats, the work stays. */
  private void trim(SeatRequest request) {
    int most = seats.limitAndGranted();
    if (request.finalSeats > most) {
      long work = request.finalWork();
      request.finalSeats = most;
      request.additionalLatencyNanos = SeatSeconds.nanosPerSeat(work, most);
      request.seats = Math.max(request.initialSeats, request.finalSeats);
    }
  }

  private void execute(SeatRequest request, long nowNanos) {
    withoutQueue.add(request);
    begin(request, nowNanos);
  }

  private void begin(SeatRequest request, long nowNanos) {
    request.state = RequestState.EXECUTING;
    request.startNanos = nowNanos;
    executing++;
    seats.take(request.seats);
    tally.dispatched++;
    request.tally.executing++;
    request.tally.executingSeats += request.seats;
    request.tally.dispatched++;
    decided.add(request);
    publishDemand(nowNanos);
  }

  private void refuse(SeatRequest request, Refusal reason) {
    request.refusal = reason;
    request.state = RequestState.REFUSED;
    request.seatsInUseAtRefusal = seats.inUse;
    request.limitAtRefusal = seats.limit;
    FlowQueue queue = request.queue;
    if (queue != null) {
      request.queueAtRefusal = queue.index;
      request.queueLengthAtRefusal = queue.waiting.size();
    }
    tally.rejected++;
    decided.add(request);
  }

  /** Gives the seats of a served request back. */
  private void release(SeatRequest request, long nowNanos) {
    request.state = RequestState.ENDED;
    seats.giveBack(request.seats, queues.waiting > 0);
    request.tally.executingSeats -= request.seats;
    FlowQueue queue = request.queue;
    if (queue != null) {
      queues.giveBack(queue, request, shape.queues());
    }
    publishDemand(nowNanos);
  }

  private void advance(long nowNanos) {
    if (queues.advance(nowNanos, seats.limitAndGranted())) {
      boolean clamped = queues.rebase();
      tally.epochAdvances++;
      tally.epochAdvancesClamped += clamped ? 1 : 0;
    }
    seats.advance(nowNanos);
  }

  private void adopt(QueuingShape newShape) {
    shape = newShape;
    queues.adopt(newShape);
  }

  private void publishDemand(long nowNanos) {
    demand.set(nowNanos, seatsWanted());
  }

  int seatsWanted() {
    return seats.inUse + queues.seatsWaiting + seats.denied;
  }
}
