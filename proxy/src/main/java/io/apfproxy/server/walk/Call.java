package io.apfproxy.server.walk;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.gate.Asked;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One request on its {@link Walk}: where it is, what is known of it, what it holds. Belongs to its
 * event loop.
 */
final class Call implements Asked {
  private final RequestLoop loop;
  private final Caller caller;
  private final long arrived = System.nanoTime();
  private final Holdings holdings = new Holdings();

  private int station;
  private int waits;
  private @Nullable Wait wait;
  private @Nullable Understood asked;
  private @Nullable Identity identity;
  private @Nullable RequestDigest digest;
  private @Nullable SeatLease seats;
  private Classification classification = Classification.NONE;
  private @Nullable RequestSize size;
  private boolean refused;
  private boolean gone;
  private boolean defective;
  private boolean switched;

  Call(RequestLoop loop, Caller caller) {
    this.loop = loop;
    this.caller = caller;
  }

  RequestLoop loop() {
    return loop;
  }

  Caller caller() {
    return caller;
  }

  // Where it is.

  int station() {
    return station;
  }

  int nextStation() {
    return station++;
  }

  /** The station lets it wait. */
  void await(Wait next, Runnable whenOver) throws RefusedException {
    wait = next;
    next.whenOver(whenOver);
    if (defective) {
      next.abandon(this);
    } else if (gone) {
      next.cancel();
    } else {
      next.begin();
      waited();
    }
  }

  /** From now on what gates let it have counts as used. */
  void waited() {
    waits++;
  }

  /**
   * Gives back what was held for the wait, if it waited.
   *
   * @throws RefusedException if that is how the wait ended
   */
  void stopWaiting() throws RefusedException {
    Wait over = wait;
    if (over != null) {
      over.giveBack();
      wait = null;
      over.check();
    }
  }

  /** Expires a wait that lasts so long. */
  void limit(Wait which, long nanos) {
    which.hold(loop.after(nanos, which::expire));
  }

  /** How long it may still wait until it is sent on. */
  long queueWaitLeft() {
    return asked().queueWaitNanos() - age();
  }

  /** How long it may still last. */
  long timeLeft() {
    return asked().allowanceNanos() - age();
  }

  private long age() {
    return System.nanoTime() - arrived;
  }

  // What is known of it.

  void understood(Understood what) {
    asked = what;
  }

  Understood asked() {
    return known(asked);
  }

  void identified(Identity who) {
    identity = who;
    digest = new RequestDigest(asked().info(), who.effective(), asked().target().query());
  }

  Identity identity() {
    return known(identity);
  }

  @Override
  public RequestDigest digest() {
    return known(digest);
  }

  void classified(Classification where) {
    classification = where;
  }

  Classification classification() {
    return classification;
  }

  private static <T> T known(@Nullable T what) {
    if (what == null) {
      throw new IllegalStateException("not there yet");
    }
    return what;
  }

  /** Whether its connection was, or would have been, given to a tunnel. */
  @Override
  public boolean isUpgrade() {
    return asked != null && !asked.upgrade().isEmpty();
  }

  @Override
  public RequestInfo info() {
    return asked().info();
  }

  @Override
  public String userAgent() {
    String agent = caller.request().getHeader(HttpHeaders.USER_AGENT);
    return agent == null ? "" : agent;
  }

  @Override
  public @Nullable ClientAddress address() {
    return caller.peer().sharing();
  }

  @Override
  public long headBytes() {
    return size().head();
  }

  @Override
  public long bodyBytes() {
    return size().body();
  }

  private RequestSize size() {
    RequestSize known = size;
    if (known == null) {
      known = RequestSize.of(caller.request());
      size = known;
    }
    return known;
  }

  @Override
  public long waitsUntil() {
    return arrived + asked().queueWaitNanos();
  }

  @Override
  public int waits() {
    return waits;
  }

  @Override
  public boolean isRefused() {
    return refused;
  }

  // What it holds.

  /** Keeps a thing until the request has ended. */
  void hold(Runnable giveBack) {
    holdings.add(giveBack);
  }

  void seated(SeatLease lease) {
    seats = lease;
    hold(lease::close);
  }

  /** Null for those that need none. */
  @Nullable SeatLease seats() {
    return seats;
  }

  /** Gives back all that is held. Harmless when repeated: goes on where something was thrown. */
  void end() {
    Wait left = wait;
    if (left != null) {
      left.giveBack();
    }
    holdings.close();
    wait = null;
    if (left != null && !left.isOver() && !defective) {
      left.cancel();
    }
  }

  boolean hasEnded() {
    return holdings.isClosed();
  }

  // What becomes of it.

  /** The client left; harmless when repeated. */
  void leave() {
    if (gone || hasEnded()) {
      return;
    }
    gone = true;
    Wait current = wait;
    if (current != null) {
      current.cancel();
    }
  }

  boolean isGone() {
    return gone;
  }

  @Override
  public void giveWay() {
    loop.run(
        () -> {
          Wait current = wait;
          if (current != null) {
            current.giveWay();
          }
        });
  }

  /**
   * The proxy is about to end: ends a watch between two events.
   *
   * @return whether it had begun
   */
  boolean finishWatch() {
    Wait current = wait;
    return current != null && current.finishWatch("shutdown");
  }

  /** The proxy is about to end, and this one was not sent on yet. */
  void refuseIfWaiting() {
    if (!gone && !hasEnded() && !(wait instanceof InExchange)) {
      refuse(Replies.shuttingDown());
    }
  }

  /** The head of a forwarded response is about to go out. */
  void responded(int code, MultiMap headers) {
    switched = code == 101;
    caller.addFlow(headers, classification);
  }

  /** Answers in place of the server, before it is asked who asks. */
  void answerPreflight() {
    caller.preflight();
    end();
  }

  /** Answers, and still holds what it holds. */
  void answer(RefusedException refusal) {
    if (!gone && !defective) {
      caller.refuse(refusal, classification);
    }
  }

  /** Ends it before anything was forwarded. Harmless once it has ended. */
  void refuse(RefusedException refusal) {
    if (!hasEnded()) {
      refused = !gone;
      answer(refusal);
      end();
    }
  }

  /** What it asked for failed in a way that nobody expected. */
  void failed(Throwable cause) {
    if (!hasEnded()) {
      OutOfMemory.endIf(cause);
      defect(cause);
    }
  }

  /**
   * Something was thrown on its walk: it is answered if that is still possible, and cut off if not;
   * in any case all that it holds goes back.
   */
  void defect(Throwable thrown) {
    boolean again = defective;
    defective = true;
    try {
      abandon();
    } finally {
      if (again) {
        caller.cut();
      } else if (!gone) {
        caller.defect(thrown, switched, classification);
      }
    }
  }

  private void abandon() {
    Wait current = wait;
    if (current == null || current.isOver()) {
      end();
    } else {
      current.abandon(this);
    }
  }

  /** Whether nothing can be thrown any more that leaves the client without an end. */
  boolean isAnswered() {
    return gone || switched || caller.isAnswered();
  }
}
