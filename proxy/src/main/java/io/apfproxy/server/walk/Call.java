package io.apfproxy.server.walk;

import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.server.listen.Peer;
import io.apfproxy.server.log.RequestLog;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on its walk. Belongs to its event loop; flow control may call from any thread. */
public final class Call implements AdmissionListener, ExchangeListener {
  /*
   * Flow control answers within admit() on this thread, or later on any. Only the first kind is
   * taken at once, after admit() has returned and the classification is known; everything else is
   * sent through the event loop's queue, which also keeps one finished request from starting the
   * next, and that the next but one, on one ever deeper stack.
   */
  private static final int HELD = 10;

  /** More than an exchange gives its upstream to notice a reset. */
  private static final long ABANDONED_MILLIS = 1_500;

  private final Vertx vertx;
  private final ContextInternal context;
  private final Thread loop = Thread.currentThread();
  private final Collaborators collaborators;
  private final Replies replies;
  private final Defects defects;
  private final HttpServerRequest client;
  private final Peer peer;
  private final Consumer<Call> finished;
  private final String auditId;
  private final long arrived = System.nanoTime();

  private @Nullable RequestHead head;
  private @Nullable RequestTarget target;
  private long allowanceNanos;
  private long queueWaitNanos;
  private @Nullable RequestDigest digest;
  private @Nullable Admission admission;
  private @Nullable Runnable seated;
  private @Nullable Runnable decision;
  private @Nullable SeatLease lease;
  private @Nullable Exchange exchange;
  private @Nullable ResponseReader reader;
  private @Nullable Runnable tunnelPlace;
  private @Nullable Runnable watchPlace;
  private @Nullable Runnable longPlace;
  private @Nullable Runnable waitingPlace;
  private @Nullable Runnable waitingWatch;
  private boolean crowdedOut;
  private Classification classification = Classification.NONE;
  private volatile boolean admitting;
  private boolean gone;
  private boolean done;
  private boolean defective;
  private boolean switched;
  private boolean responded;
  private int givenBack;
  private long waitTimer = -1;
  private long deadlineTimer = -1;

  Call(
      Vertx vertx,
      Collaborators collaborators,
      Replies replies,
      Defects defects,
      HttpServerRequest client,
      Peer peer,
      Consumer<Call> finished) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.collaborators = collaborators;
    this.replies = replies;
    this.defects = defects;
    this.client = client;
    this.peer = peer;
    this.finished = finished;
    this.auditId = AuditId.of(client.headers());
  }

  void open() {
    defects.watch(context, this);
    peer.opened();
    collaborators.events().held(Held.EXCHANGE, 1);
    client.exceptionHandler(cause -> clientGone());
    client.response().exceptionHandler(cause -> clientGone());
    client
        .response()
        .closeHandler(
            closed -> {
              if (done) {
                defects.forget(context);
              }
              clientGone();
            });
  }

  void understood(RequestHead read, RequestTarget at, long allowance, long queueWait) {
    head = read;
    target = at;
    allowanceNanos = allowance;
    queueWaitNanos = queueWait;
  }

  /** Finds out who asks. Nobody waits for that longer than for seats, nor without being counted. */
  void identify(RequestInfo info, WaitingRoom room, Consumer<Identity> identified) {
    RequestHead read = head;
    if (read == null) {
      throw new IllegalStateException("not read yet");
    }
    Promise<Identity> identity = context.promise(); // see Defects
    collaborators.identities().resolve(read, info).onComplete(identity);
    if (!identity.future().isComplete()) {
      waitingPlace = room.enter(client, peer.sharing());
      if (waitingPlace == null) {
        refuse(crowded());
        return;
      }
      waitTimer = vertx.setTimer(millis(queueWaitLeft()), late -> refuse(notIdentified()));
    }
    identity
        .future()
        .onComplete(
            found -> {
              stopWaiting();
              if (gone) {
                finish();
              } else if (!done) {
                identified.accept(found);
              }
            },
            this::refuse);
  }

  private static RefusedException crowded() {
    return new RefusedException(
            429, "TooManyRequests", "queue-full", "too many requests wait to be let in")
        .retryAfter(1);
  }

  private static RefusedException notIdentified() {
    return new RefusedException(
            503,
            "ServiceUnavailable",
            "identity-time-out",
            "who asks could not be found out in time")
        .retryAfter(1);
  }

  private long queueWaitLeft() {
    return queueWaitNanos - (System.nanoTime() - arrived);
  }

  HttpServerRequest client() {
    return client;
  }

  Peer peer() {
    return peer;
  }

  /** Whether its connection was, or would have been, given to a tunnel. */
  boolean upgraded() {
    return tunnelPlace != null;
  }

  HttpConnection connection() {
    return client.connection();
  }

  private void clientGone() {
    if (gone || done) {
      return;
    }
    gone = true;
    if (exchange != null) {
      exchange.cancel();
    } else if (admission != null) {
      admission.cancel();
    } else if (!admitting && lease == null) {
      finish(); // nothing was asked for yet but who it is
    }
  }

  /** Long-running requests other than watches go past flow control, but need a place. */
  void bypass(Identity identity, RequestDigest asked, Forwarder forwarder, SharedState shared) {
    digest = asked;
    try {
      longPlace = shared.longRequests().take(asked.user().name(), this::giveWay);
    } catch (RefusedException refusal) {
      refuse(refusal);
      return;
    }
    RequestLog.classified(auditId, asked, classification);
    forward(identity, asked, forwarder, shared);
  }

  /** Asks for seats, and forwards with them; a watch needs a place of its user first. */
  void admit(Identity identity, RequestDigest asked, Forwarder forwarder, SharedState shared) {
    digest = asked;
    if (asked.info().isWatch()) {
      try {
        watchPlace = shared.watches().enter(asked.user().name(), this::giveWay);
      } catch (RefusedException refusal) {
        refuse(refusal);
        return;
      }
    }
    seated = () -> forward(identity, asked, forwarder, shared);
    Admission place;
    admitting = true;
    try {
      place = collaborators.flowControl().admit(asked, this);
    } finally {
      admitting = false; // also where it throws: seats may still come
    }
    admission = place;
    classification = place.classification();
    RequestLog.classified(auditId, asked, classification);
    Runnable decided = decision;
    if (decided != null) {
      decided.run();
    } else if (place.isWaiting()) {
      await(asked, place, shared);
    }
  }

  private void await(RequestDigest asked, Admission place, SharedState shared) {
    waitingPlace = shared.waitingRoom().enter(client, asked.user().name());
    if (waitingPlace == null) {
      crowdedOut = true;
      place.cancel();
    } else {
      if (asked.info().isWatch()) {
        waitingWatch = shared.watches().await();
      }
      waitTimer = vertx.setTimer(millis(queueWaitLeft()), late -> place.cancel());
    }
  }

  private static long millis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  @Override
  public void onExecute(SeatLease seats) {
    decide(
        seats,
        () -> {
          Runnable next = seated;
          if (gone || next == null) {
            finish();
          } else {
            next.run();
          }
        });
  }

  @Override
  public void onReject(Rejection rejection) {
    decide(
        null,
        () -> {
          if (!gone && !done) {
            Rejection told =
                crowdedOut
                    ? new Rejection(RejectReason.QUEUE_FULL, rejection.retryAfterSeconds())
                    : rejection;
            replies.reject(client, peer, told, classification, auditId);
          }
          finish();
        });
  }

  private void decide(@Nullable SeatLease seats, Runnable step) {
    Runnable taken =
        () -> {
          stopWaiting();
          step.run();
        };
    if (Thread.currentThread() == loop && admitting) {
      lease = seats;
      decision = taken;
    } else {
      context.runOnContext(
          queued -> {
            if (done && seats != null) {
              seats.close();
            } else {
              lease = seats;
              taken.run();
            }
          });
    }
  }

  private void stopWaiting() {
    cancelTimer(waitTimer);
    waitTimer = -1;
    Runnable place = waitingPlace;
    waitingPlace = null;
    giveBack(place);
    Runnable watch = waitingWatch;
    waitingWatch = null;
    giveBack(watch);
  }

  private void forward(
      Identity identity, RequestDigest asked, Forwarder forwarder, SharedState shared) {
    RequestHead read = head;
    RequestTarget at = target;
    if (read == null || at == null) {
      throw new IllegalStateException("not read yet");
    }
    boolean longRunning = allowanceNanos == RequestTimeout.NONE;
    String upgrade = UpgradeRule.protocol(read.upgrade(), read.client().method(), asked.info());
    try {
      if (!upgrade.isEmpty()) {
        tunnelPlace = shared.tunnels().take(asked.user().name(), this::giveWay);
      }
    } catch (RefusedException refusal) {
      refuse(refusal);
      return;
    }
    Outgoing outgoing =
        new Outgoing(
            read.client().method(),
            at.forwarded(),
            read.survivors(),
            UpstreamIdentity.lines(identity, collaborators.impersonationToken()),
            UpstreamIdentity.credential(identity.mode()),
            peer.address(),
            read.client().authority(),
            auditId,
            upgrade,
            read.expectContinue(),
            longRunning,
            asked.info().subresource().equals("proxy"));
    if (!longRunning) {
      long left = allowanceNanos - (System.nanoTime() - arrived);
      deadlineTimer = vertx.setTimer(millis(left), late -> expire());
    }
    Exchange started = forwarder.forward(client, outgoing, this);
    if (!done) {
      exchange = started;
    }
    if (defective) {
      started.abandon();
    } else if (gone) {
      started.cancel();
    }
  }

  private void expire() {
    Exchange current = exchange;
    if (current != null) {
      current.expire();
    }
  }

  /**
   * Ends a watch between two events.
   *
   * @return whether it had begun
   */
  boolean finishWatch() {
    Exchange current = exchange;
    if (current == null || !responded) {
      return false;
    }
    current.finishWatch("shutdown");
    return true;
  }

  /** The proxy is about to end, and this one holds nothing yet. */
  void refuseIfWaiting() {
    Admission place = admission;
    if (!done && !gone && exchange == null && lease == null) {
      refuseForShutdown();
      if (place != null) {
        place.cancel();
      }
    }
  }

  /** Its place is needed by somebody who has less. From any thread. */
  private void giveWay() {
    context.runOnContext(
        queued -> {
          Exchange current = exchange;
          Admission place = admission;
          if (current != null) {
            current.finishWatch("gave-way"); // does nothing before the response
            if (!responded) {
              current.expire();
            }
          } else if (!done && place != null) {
            place.cancel();
          }
        });
  }

  @Override
  public void responded(int code, MultiMap headers) {
    responded = true;
    switched = code == 101;
    replies.addFlow(headers, classification, false);
    RequestHead read = head;
    if (code == 401
        && read != null
        && (digest == null || !digest.info().subresource().equals("proxy"))) {
      collaborators.identities().upstreamRefused(read);
    }
    SeatLease seats = lease;
    RequestDigest asked = digest;
    if (seats != null && asked != null) {
      reader = ResponseReader.of(vertx, collaborators.learning(), asked, seats, code, headers);
    }
  }

  @Override
  public void body(Buffer bytes) {
    ResponseReader current = reader;
    if (current != null) {
      current.accept(bytes);
    }
  }

  @Override
  public void failed(RefusedException refusal) {
    if (!gone && !defective) {
      replies.refuse(client, peer, refusal, classification, auditId);
    }
  }

  @Override
  public void ended(boolean complete) {
    ResponseReader current = reader;
    if (current != null) {
      current.end(complete);
    }
    finish();
  }

  /** Refuses before anything was forwarded. Harmless once it has ended. */
  void refuse(Throwable cause) {
    if (done) {
      return;
    }
    if (cause instanceof RefusedException refusal) {
      if (!gone) {
        replies.refuse(client, peer, refusal, classification, auditId);
      }
      finish();
    } else {
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
        connection().close();
      } else if (!gone) {
        replies.defect(client, peer, thrown, switched, classification, auditId);
      }
    }
  }

  private void abandon() {
    Exchange current = exchange;
    Admission place = admission;
    if (current == null) {
      finish();
      if (place != null) {
        place.cancel();
      }
    } else {
      // Its end may never be told any more, and is waited for no longer than a reset takes.
      var unused = vertx.setTimer(ABANDONED_MILLIS, late -> finish());
      if (done) {
        finish();
      }
      current.abandon();
    }
  }

  /** Answers in place of the server, before it is asked who asks. */
  void answerPreflight() {
    replies.preflight(client, peer, auditId);
    finish();
  }

  void refuseForShutdown() {
    replies.refuseForShutdown(client, peer, auditId);
    finish();
  }

  /** Gives back all that is held. Harmless when repeated: goes on where something was thrown. */
  void finish() {
    done = true;
    while (givenBack < HELD) {
      giveBack(givenBack++);
    }
  }

  private void giveBack(int which) {
    switch (which) {
      case 0 -> stopWaiting();
      case 1 -> cancelTimer(deadlineTimer);
      case 2 -> {
        SeatLease seats = lease;
        if (seats != null) {
          seats.close();
        }
      }
      case 3 -> giveBack(tunnelPlace);
      case 4 -> giveBack(watchPlace);
      case 5 -> giveBack(longPlace);
      case 6 -> peer.closed(System.nanoTime());
      case 7 -> collaborators.events().held(Held.EXCHANGE, -1);
      case 8 -> finished.accept(this);
      default -> forgetOnceAnswered();
    }
  }

  /** Until then something may be thrown that leaves the client without an end. */
  private void forgetOnceAnswered() {
    HttpServerResponse response = client.response();
    if (response.ended() || response.closed() || gone || switched) {
      defects.forget(context);
    } else {
      response.endHandler(end -> defects.forget(context));
    }
  }

  private static void giveBack(@Nullable Runnable place) {
    if (place != null) {
      place.run();
    }
  }

  private void cancelTimer(long timer) {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
  }
}
