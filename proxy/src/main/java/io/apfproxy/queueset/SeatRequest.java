package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/**
 * One request on its way through a queue set, from arrival until its seats are back. The caller
 * extends it by what it knows of the request, so that one object serves all.
 *
 * <p>All fields but the state are guarded by the level's lock. Those that do not change after the
 * decision may be read without it from the moment the decision is delivered.
 */
public abstract class SeatRequest {
  /** Expected service time of a request that has not ended; what its queue is charged at first. */
  static final long SERVICE_ESTIMATE_NANOS = 3_000_000;

  final FlowTally tally;
  final long flowHash;
  final int initialSeats;
  final long totalWork;

  int finalSeats;
  long additionalLatencyNanos;

  /** Seats held while executing and lingering: the larger of initial and final. */
  int seats;

  long arrivalNanos;
  long startNanos;
  long servedNanos;

  /** R when it was enqueued. */
  long arrivalR;

  /** Virtual start of its queue when it was dispatched, before its own charge. */
  long virtualStart;

  int queueLength;

  // What its level was like when it was refused.
  int seatsInUseAtRefusal;
  int limitAtRefusal;
  int queueAtRefusal = -1;
  int queueLengthAtRefusal;

  @Nullable FlowQueue queue;
  @Nullable Refusal refusal;
  volatile RequestState state = RequestState.CREATED;

  /** Links of the list it is in: waiting or executing, of its queue or of the set. */
  @Nullable SeatRequest previous;

  @Nullable SeatRequest next;

  /** Links of the decisions not delivered yet. */
  @Nullable SeatRequest nextDecided;

  /**
   * @param tally counts of its flow schema at its level
   * @param flowHash chooses its queues; 0 where that does not matter
   * @param initialSeats width while it is served, at least 1
   * @param finalSeats width afterwards, 0 if nothing follows
   * @param additionalLatencyNanos how long the final seats are held afterwards
   */
  protected SeatRequest(
      FlowTally tally,
      long flowHash,
      int initialSeats,
      int finalSeats,
      long additionalLatencyNanos) {
    this.tally = tally;
    this.flowHash = flowHash;
    this.initialSeats = initialSeats;
    this.finalSeats = finalSeats;
    this.additionalLatencyNanos = additionalLatencyNanos;
    this.seats = Math.max(initialSeats, finalSeats);
    this.totalWork = SeatSeconds.of(initialSeats, SERVICE_ESTIMATE_NANOS) + finalWork();
  }

  /** What it takes after it was served; trimming keeps it, but for what rounding leaves. */
  final long finalWork() {
    return SeatSeconds.of(finalSeats, additionalLatencyNanos);
  }

  /** It holds its seats. Called exactly once unless refused, never under the level's lock. */
  protected abstract void onExecute();

  /** It will get no seats. Called exactly once unless executed, never under the level's lock. */
  protected abstract void onRefuse(Refusal reason);

  /** Current state; may change at any time after the read. Thread-safe. */
  public final RequestState state() {
    return state;
  }

  public final FlowTally tally() {
    return tally;
  }

  public final long flowHash() {
    return flowHash;
  }

  public final int initialSeats() {
    return initialSeats;
  }

  /** Seats that stay held when it was served. */
  public final int finalSeats() {
    return finalSeats;
  }

  /** How long those do. */
  public final long additionalLatencyNanos() {
    return additionalLatencyNanos;
  }

  /** Seats held while it executes and lingers. */
  public final int seats() {
    return seats;
  }

  /** When it arrived, by the level's clock. */
  public final long arrivalNanos() {
    return arrivalNanos;
  }

  /** When it got its seats, by the level's clock; unset before. */
  public final long startNanos() {
    return startNanos;
  }

  /**
   * Seats times how long it has held them, in seat-nanoseconds. From when it was served the whole
   * of its additional latency counts. May be read from any thread that knows it executes.
   *
   * @param nowNanos by the level's clock
   */
  public final long seatNanos(long nowNanos) {
    return switch (state) {
      case CREATED, WAITING, REFUSED -> 0;
      case EXECUTING -> seats * (nowNanos - startNanos);
      case LINGERING, ENDED -> seats * (servedNanos - startNanos + additionalLatencyNanos);
    };
  }

  /**
   * How long it was executing, in nanoseconds; 0 if it is not. May be read from any thread that
   * knows it executes.
   *
   * @param nowNanos by the level's clock
   */
  public final long heldNanos(long nowNanos) {
    return switch (state) {
      case CREATED, WAITING, REFUSED -> 0;
      case EXECUTING -> nowNanos - startNanos;
      case LINGERING, ENDED -> servedNanos - startNanos;
    };
  }

  /**
   * Requests waiting in its queue just after it was put there, itself included; 0 if it was not.
   */
  public final int queueLengthAtArrival() {
    return queueLength;
  }

  /** Seats in use at its level at the moment it was refused; 0 if it was not. */
  public final int seatsInUseAtRefusal() {
    return seatsInUseAtRefusal;
  }

  /** Seats that its level had by its limit at that moment. */
  public final int limitAtRefusal() {
    return limitAtRefusal;
  }

  /** Index of the queue it was in or would have had to go to; -1 if there is none. */
  public final int queueAtRefusal() {
    return queueAtRefusal;
  }

  /** Requests that waited in that queue then, without itself. */
  public final int queueLengthAtRefusal() {
    return queueLengthAtRefusal;
  }

  /**
   * Tells each request of a chain its fate. One that throws, be it an error, does not keep the rest
   * from being told: nobody else would, and they would hold their seats for ever. It is thrown
   * after that.
   *
   * @param decided as {@link QueueSet#takeDecided} gave it
   */
  public static void deliver(@Nullable SeatRequest decided) {
    Throwable failure = null;
    for (SeatRequest request = decided; request != null; ) {
      SeatRequest following = request.nextDecided;
      request.nextDecided = null;
      try {
        request.deliver();
      } catch (RuntimeException | Error e) {
        failure = Failures.worst(failure, e);
      }
      request = following;
    }
    Failures.rethrow(failure);
  }

  private void deliver() {
    Refusal reason = refusal;
    if (reason == null) {
      onExecute();
    } else {
      onRefuse(reason);
    }
  }
}
