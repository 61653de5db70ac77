package io.apfproxy.replay;

import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.replay.figures.Figures;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestTimeout;
import org.jspecify.annotations.Nullable;

/**
 * One configuration in virtual time: requests come, wait, are served for as long as they take, and
 * end, without a thread, a connection or a server. Not thread-safe. Source: specification seeing.md
 * V-45.
 */
public final class VirtualServer {
  /*
   * Decisions are those of ApfFlowControl itself, which reads this clock and puts what is to happen
   * later onto this agenda. There is one thread and no randomness, and what happens at one instant
   * has its order (Turn): so the same requests give the same decisions, ever again.
   *
   * The core asks for something to be done later in one case: seats that stay held after a response.
   * It does so within the call that ends the response, and before anybody else gets those seats,
   * which is how it is known whose they are (end).
   */
  static final long SECOND = 1_000_000_000;
  static final long BORROWING = 10 * SECOND;
  private static final long OBJECTS = 60 * SECOND;

  private final Terms terms;
  private final Figures figures;
  private final Witness witness;
  private final VirtualTime time;
  private final Agenda agenda = new Agenda();
  private final ApfFlowControl control;
  private @Nullable Sitting ending;
  private long executing;
  private long undecided;

  public VirtualServer(Terms terms, Figures figures) {
    this(terms, figures, Witness.NONE);
  }

  VirtualServer(Terms terms, Figures figures, Witness witness) {
    this.terms = terms;
    this.figures = figures;
    this.witness = witness;
    this.time = new VirtualTime(terms.startMillis());
    this.control =
        ApfFlowControl.create(
            FlowControlSettings.of(terms.seats()),
            terms.configuration(),
            time,
            this::later,
            FlowMetrics.NONE);
    tellObjects();
    figures.limits(control.snapshot(), now());
    at(BORROWING, Turn.TICK, this::borrow);
    at(OBJECTS, Turn.TICK, this::tellObjectsAgain);
  }

  private void later(long nanos, Runnable action) {
    Sitting lingering = ending;
    ending = null;
    if (lingering == null) {
      at(now() + nanos, Turn.LINGER_END, turn -> action.run());
      return;
    }
    lingering.lingers();
    at(
        now() + nanos,
        Turn.LINGER_END,
        turn -> {
          lingering.lingered();
          action.run();
        });
  }

  /** Ends the response of a request, which is told if it keeps its seats for some time. */
  void end(Sitting request, Runnable lease) {
    ending = request;
    lease.run();
    ending = null;
  }

  private void borrow(Turn turn) {
    control.adjustBorrowing();
    figures.limits(control.snapshot(), now());
    at(now() + BORROWING, Turn.TICK, this::borrow);
  }

  private void tellObjects() {
    terms
        .objects()
        .forEach((key, known) -> control.polledObjects().set(key, known.count(), known.size()));
  }

  private void tellObjectsAgain(Turn turn) {
    tellObjects();
    at(now() + OBJECTS, Turn.TICK, this::tellObjectsAgain);
  }

  /** Nanoseconds since the start. */
  public long now() {
    return time.nanoTime();
  }

  /** Puts something down that happens later, or now if that instant has passed. */
  public void at(long nanos, Turn turn, Event event) {
    agenda.add(nanos, turn, event);
  }

  /** A request comes now. */
  public void arrive(Demand demand) {
    undecided++;
    new Sitting(this, demand, now(), figures.counts(now())).enter();
  }

  /** Lets everything happen that does before requests come at that instant, which it then is. */
  public void runUntil(long nanos) {
    while (!agenda.isEmpty()
        && (agenda.nextInstant() < nanos
            || (agenda.nextInstant() == nanos && agenda.nextTurn() != Turn.ARRIVAL))) {
      step();
    }
    time.moveTo(nanos);
  }

  /** Lets everything happen up to that instant, and goes on until no request is under way. */
  public void runOut(long nanos) {
    while (!agenda.isEmpty() && (agenda.nextInstant() <= nanos || undecided > 0)) {
      step();
    }
    time.moveTo(nanos);
  }

  private void step() {
    time.moveTo(agenda.nextInstant());
    Turn turn = agenda.nextTurn();
    agenda.take().happen(turn);
  }

  ApfFlowControl control() {
    return control;
  }

  Figures figures() {
    return figures;
  }

  Witness witness() {
    return witness;
  }

  Terms terms() {
    return terms;
  }

  /** Longest that this request may wait in a queue. */
  long queueWait(RequestDigest digest) {
    try {
      return terms
          .timeout()
          .queueWaitNanos(terms.timeout().allowanceNanos(digest.info(), digest.query()));
    } catch (RefusedException e) {
      return terms.timeout().queueWaitNanos(RequestTimeout.NONE);
    }
  }

  /**
   * A request begins to be served.
   *
   * @return how long that takes
   */
  long begins(int seats, long serviceNanos) {
    executing += seats;
    long most = terms.capacity();
    return most == 0 || executing <= most
        ? serviceNanos
        : (long) (serviceNanos * ((double) executing / most));
  }

  /** It is served. */
  void ends(int seats) {
    executing -= seats;
  }

  /** A request was served, or refused for good. */
  void decided() {
    undecided--;
  }
}
