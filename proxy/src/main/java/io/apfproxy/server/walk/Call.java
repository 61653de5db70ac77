package io.apfproxy.server.walk;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * One request on its {@link Walk}: where it is, what it waits for, what it holds. At its end, when
 * all has been given back, its account is told. Belongs to its event loop.
 */
final class Call extends KnownRequest {
  /*
   * What happens to it, at each stage. It has ended when all that it held has been given back; after
   * that nothing happens any more.
   *
   *             its client leaves      it is refused      something is thrown        a wait begins
   *   WANTED    LEFT, wait cancelled   answered, ends     answered or cut, THROWN    it begins
   *   LEFT      -                      ends               THROWN                     is cancelled
   *   THROWN    -                      ends               connection closed          is abandoned
   *
   * Whatever becomes THROWN abandons its wait, and ends, at the latest when a reset has had its time.
   */
  private enum Stage {
    WANTED,
    LEFT,
    THROWN
  }

  /** Things held by one that is forwarded. */
  private static final int USUALLY_HELD = 8;

  private final RequestLoop loop;
  private final Reporter reporter;
  private final Holdings holdings = new Holdings(USUALLY_HELD);

  private Stage stage = Stage.WANTED;
  private int station;
  private int waits;
  private @Nullable Wait wait;
  private @Nullable Admission place;

  Call(RequestLoop loop, Caller caller, Account account, Reporter reporter) {
    super(caller, account);
    this.loop = loop;
    this.reporter = reporter;
    hold(this::tellEnd); // held first, it comes last
  }

  private void tellEnd() {
    account().ended(System.nanoTime());
    reporter.ended(account());
    trace().ended(account());
  }

  RequestLoop loop() {
    return loop;
  }

  @Override
  void identified(Identity who) {
    super.identified(who);
    reporter.identified(account());
  }

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
    switch (stage) {
      case WANTED -> {
        next.begin();
        waited();
      }
      case LEFT -> next.cancel();
      case THROWN -> next.abandon(this);
    }
  }

  /** From now on what gates let it have counts as used. */
  void waited() {
    waits++;
  }

  /** Gives back what was held for the wait, if it waited; throws if that ended so. */
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

  @Override
  public int waits() {
    return waits;
  }

  /** Keeps a thing until the request has ended. */
  void hold(Runnable giveBack) {
    holdings.add(giveBack);
  }

  /** It has its place in flow control. */
  void admitted(Admission admission) {
    place = admission;
    account().admitted(admission);
  }

  void seated(SeatLease lease) {
    account().seated(lease);
    hold(lease::close);
  }

  /** Gives back all that is held. Harmless when repeated. */
  void end() {
    Wait left = wait;
    try {
      if (left != null) {
        left.giveBack();
      }
    } finally {
      holdings.close();
    }
    wait = null;
    if (left != null && !left.isOver() && stage != Stage.THROWN) {
      left.cancel();
    }
  }

  boolean hasEnded() {
    return holdings.isClosed();
  }

  /** The client left; harmless when repeated. */
  void leave() {
    if (isWanted() && !hasEnded()) {
      stage = Stage.LEFT;
      account().left();
      if (wait != null) {
        wait.cancel();
      }
      if (place != null && hasLeft()) {
        place.cancel(); // who goes on without being held to the decision would wait no longer
      }
    }
  }

  /**
   * Whether its client did, and its stream did not just end, with its response or as that was cut.
   */
  private boolean hasLeft() {
    return account().end() == Account.End.LEFT && !caller().request().response().ended();
  }

  /** Whether somebody waits for its answer, and nothing was thrown. */
  boolean isWanted() {
    return stage == Stage.WANTED;
  }

  @Override
  public void wouldWait(long nanos) {
    account().wouldWait(nanos);
    reporter.wouldWait(account(), nanos);
  }

  @Override
  public void wouldBeRefused(RefusedException why) {
    account().wouldBeRefused(why);
    reporter.wouldRefuse(account(), why, Circumstances.NONE, null);
  }

  @Override
  public void giveWay() {
    loop.run(
        () -> {
          Wait current = wait;
          if (current != null && !current.finish("gave-way")) {
            current.expire();
          }
        });
  }

  /** The proxy is about to end: ends a watch between two events, and says whether it had begun. */
  boolean finishWatch() {
    return wait != null && wait.finish("shutdown");
  }

  /** The proxy is about to end, and this one was not sent on yet. */
  void refuseIfWaiting() {
    if (!isWanted()) {
      return;
    }
    Wait current = wait;
    if (account().sentAt() == 0) {
      refuse(Replies.shuttingDown());
    } else if (current != null) {
      current.withdraw(Replies.shuttingDown());
    }
  }

  /** The head of a forwarded response is about to go out. */
  void responded(int code, MultiMap headers) {
    caller().addFlow(headers, account());
    account().answered(code, System.nanoTime());
    reporter.answered(account());
  }

  /** What is told of it when it is over. */
  Reporter reporter() {
    return reporter;
  }

  /** Its watch has sent what it begins with, and gives its seats back. */
  void initialised(SeatLease lease) {
    lease.watchInitialised();
    reporter.initialised(account());
  }

  /** Its response was cut off. */
  void cut(String rule) {
    account().cut(rule);
    reporter.aborted(rule);
  }

  /** Answers in place of the server, before it is asked who asks. */
  void answerPreflight() {
    account().preflight();
    caller().preflight(account());
    end();
  }

  /** Answers, and still holds what it holds. */
  void answer(RefusedException refusal) {
    if (isWanted()) {
      account().refused(refusal);
      caller().refuse(refusal, account());
    }
  }

  /** What its client sends cannot be read: answers, or cuts off an answer that has begun. */
  void giveUp(RefusedException why) {
    if (!isWanted() || isAnswered()) {
      return;
    }
    Wait current = wait;
    if (current == null || account().sentAt() == 0) {
      refuse(why);
    } else {
      current.giveUp(why);
    }
  }

  /** Ends it before anything was forwarded. Harmless once it has ended. */
  void refuse(RefusedException refusal) {
    if (!hasEnded()) {
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
    Stage before = stage;
    stage = Stage.THROWN;
    try {
      switch (before) {
        case WANTED -> caller().defect(thrown, mayBeTunnel(), account());
        case LEFT -> {}
        case THROWN -> caller().cut();
      }
    } finally {
      Wait current = wait;
      if (current == null || current.isOver()) {
        end();
      } else {
        current.abandon(this);
      }
    }
  }

  private boolean mayBeTunnel() {
    return account().code() == 101;
  }

  /** Whether nothing can be thrown any more that leaves the client without an end. */
  boolean isAnswered() {
    return stage == Stage.LEFT || mayBeTunnel() || caller().isAnswered();
  }
}
