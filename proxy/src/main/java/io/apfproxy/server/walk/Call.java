package io.apfproxy.server.walk;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.gate.Asked;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.MultiMap;
import java.net.InetAddress;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One request on its {@link Walk}: where it is, what is known of it, what it holds. At its end,
 * when all has been given back, its account is told. Belongs to its event loop.
 */
final class Call implements Asked {
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

  private final RequestLoop loop;
  private final Caller caller;
  private final Account account;
  private final Reporter reporter;
  private final Holdings holdings = new Holdings();

  private Stage stage = Stage.WANTED;
  private int station;
  private int waits;
  private @Nullable Wait wait;
  private @Nullable Understood asked;
  private @Nullable Identity identity;
  private @Nullable RequestSize size;
  private @Nullable Object inForce;
  private int width;

  Call(RequestLoop loop, Caller caller, Account account, Reporter reporter) {
    this.loop = loop;
    this.caller = caller;
    this.account = account;
    this.reporter = reporter;
    hold(this::tellEnd); // held first, it comes last
  }

  private void tellEnd() {
    account.ended(System.nanoTime());
    reporter.ended(account);
  }

  RequestLoop loop() {
    return loop;
  }

  Caller caller() {
    return caller;
  }

  Account account() {
    return account;
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

  /** How long it may still wait until it is sent on. */
  long queueWaitLeft() {
    return asked().queueWaitNanos() - (System.nanoTime() - account.arrived());
  }

  /** How long it could last when it was sent on. */
  long timeLeft() {
    return asked().allowanceNanos() - (account.sentAt() - account.arrived());
  }

  void understood(Understood what) {
    asked = what;
    account.understood(what.info());
  }

  Understood asked() {
    return known(asked);
  }

  void identified(Identity who) {
    identity = who;
    account.identified(
        who.authenticated(),
        who.mode().name(),
        new RequestDigest(asked().info(), who.effective(), asked().target().query()),
        System.nanoTime());
    reporter.identified(account);
  }

  Identity identity() {
    return known(identity);
  }

  @Override
  public RequestDigest digest() {
    return known(account.digest());
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
    return account.userAgent();
  }

  @Override
  public @Nullable ClientAddress address() {
    return caller.connection().sharing();
  }

  @Override
  public @Nullable InetAddress peer() {
    return caller.connection().peer();
  }

  @Override
  public int width(ToIntFunction<RequestDigest> estimate) {
    if (width == 0) {
      width = estimate.applyAsInt(digest());
    }
    return width;
  }

  @Override
  public Object inForce(Supplier<?> now) {
    Object known = inForce;
    if (known == null) {
      known = now.get();
      inForce = known;
    }
    return known;
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
    return account.arrived() + asked().queueWaitNanos();
  }

  @Override
  public int waits() {
    return waits;
  }

  @Override
  public boolean isRefused() {
    return account.refusal() != null;
  }

  private boolean mayBeTunnel() {
    return account.code() == 101;
  }

  /** Keeps a thing until the request has ended. */
  void hold(Runnable giveBack) {
    holdings.add(giveBack);
  }

  void seated(SeatLease lease) {
    account.seated(lease);
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
      account.left();
      if (wait != null) {
        wait.cancel();
      }
    }
  }

  /** Whether somebody waits for its answer, and nothing was thrown. */
  boolean isWanted() {
    return stage == Stage.WANTED;
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
    if (account.sentAt() == 0) {
      refuse(Replies.shuttingDown());
    } else if (current != null) {
      current.withdraw(Replies.shuttingDown());
    }
  }

  /** The head of a forwarded response is about to go out. */
  void responded(int code, MultiMap headers) {
    caller.addFlow(headers, account.classification());
    account.answered(code, System.nanoTime());
    reporter.answered(account);
  }

  /** Its response was cut off. */
  void cut(String rule) {
    account.cut(rule);
    reporter.aborted(rule);
  }

  /** Answers in place of the server, before it is asked who asks. */
  void answerPreflight() {
    account.preflight();
    caller.preflight(account);
    end();
  }

  /** Answers, and still holds what it holds. */
  void answer(RefusedException refusal) {
    if (isWanted()) {
      account.refused(refusal);
      caller.refuse(refusal, account);
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
        case WANTED -> caller.defect(thrown, mayBeTunnel(), account);
        case LEFT -> {}
        case THROWN -> caller.cut();
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

  /** Whether nothing can be thrown any more that leaves the client without an end. */
  boolean isAnswered() {
    return stage == Stage.LEFT || mayBeTunnel() || caller.isAnswered();
  }
}
