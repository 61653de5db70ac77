package io.apfproxy.server;

import io.apfproxy.authn.Identity;
import io.apfproxy.authn.RequestHead;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.upstream.Exchange;
import io.apfproxy.upstream.ExchangeListener;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.Outgoing;
import io.apfproxy.upstream.ProxyEvents.Held;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One request on its walk. Belongs to its event loop; flow control may call from any thread. */
final class Call implements AdmissionListener, ExchangeListener {
  /*
   * Flow control answers within admit() on this thread, or later on any. Only the first kind is
   * taken at once, after admit() has returned and the classification is known; everything else is
   * sent through the event loop's queue, which also keeps one finished request from starting the
   * next, and that the next but one, on one ever deeper stack.
   */
  private final Vertx vertx;
  private final Context context;
  private final Thread loop = Thread.currentThread();
  private final Collaborators collaborators;
  private final Replies replies;
  private final HttpServerRequest client;
  private final Peer peer;
  private final Consumer<Call> finished;
  private final String auditId = newUuid();
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
  private boolean crowdedOut;
  private Classification classification = Classification.NONE;
  private volatile boolean admitting;
  private boolean gone;
  private boolean done;
  private long waitTimer = -1;
  private long deadlineTimer = -1;

  Call(
      Vertx vertx,
      Collaborators collaborators,
      Replies replies,
      HttpServerRequest client,
      Peer peer,
      Consumer<Call> finished) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.collaborators = collaborators;
    this.replies = replies;
    this.client = client;
    this.peer = peer;
    this.finished = finished;
  }

  /** Version 4, not from the system's entropy: it names a request and keeps no secret. */
  private static String newUuid() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  void open() {
    peer.opened();
    collaborators.events().held(Held.EXCHANGE, 1);
    client.exceptionHandler(cause -> clientGone());
    client.response().exceptionHandler(cause -> clientGone());
    client.response().closeHandler(closed -> clientGone());
  }

  void understood(RequestHead read, RequestTarget at, long allowance, long queueWait) {
    head = read;
    target = at;
    allowanceNanos = allowance;
    queueWaitNanos = queueWait;
  }

  boolean gone() {
    return gone;
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
    }
  }

  /** Long-running requests other than watches go past flow control, but need a place. */
  void bypass(Identity identity, RequestDigest asked, Forwarder forwarder, SharedState shared) {
    digest = asked;
    try {
      longPlace = shared.longRequests().take(asked.user().name());
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
        watchPlace = shared.watches().enter(asked.user().name());
      } catch (RefusedException refusal) {
        refuse(refusal);
        return;
      }
    }
    seated = () -> forward(identity, asked, forwarder, shared);
    admitting = true;
    Admission place = collaborators.flowControl().admit(asked, this);
    admitting = false;
    admission = place;
    classification = place.classification();
    RequestLog.classified(auditId, asked, classification);
    Runnable decided = decision;
    if (decided != null) {
      decided.run();
    } else if (place.isWaiting()) {
      await(place, shared.waitingRoom());
    }
  }

  private void await(Admission place, WaitingRoom room) {
    waitingPlace = room.enter(client);
    if (waitingPlace == null) {
      crowdedOut = true;
      place.cancel();
    } else {
      long left = queueWaitNanos - (System.nanoTime() - arrived);
      waitTimer = vertx.setTimer(millis(left), late -> place.cancel());
    }
  }

  private static long millis(long nanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  @Override
  public void onExecute(SeatLease seats) {
    decide(
        () -> {
          lease = seats;
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
        () -> {
          if (!gone) {
            Rejection told =
                crowdedOut
                    ? new Rejection(RejectReason.QUEUE_FULL, rejection.retryAfterSeconds())
                    : rejection;
            replies.reject(client, peer, told, classification, auditId);
          }
          finish();
        });
  }

  private void decide(Runnable step) {
    Runnable taken =
        () -> {
          cancelTimer(waitTimer);
          waitTimer = -1;
          giveBack(waitingPlace);
          waitingPlace = null;
          step.run();
        };
    if (Thread.currentThread() == loop && admitting) {
      decision = taken;
    } else {
      context.runOnContext(queued -> taken.run());
    }
  }

  private void forward(
      Identity identity, RequestDigest asked, Forwarder forwarder, SharedState shared) {
    RequestHead read = head;
    RequestTarget at = target;
    if (read == null || at == null) {
      throw new IllegalStateException("not read yet");
    }
    boolean longRunning = allowanceNanos == RequestTimeout.NONE;
    String upgrade = knownUpgrade(read.upgrade());
    try {
      if (!upgrade.isEmpty()) {
        takeTunnel(asked, shared);
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
  }

  /** Other protocols are not offered: their request is served as if it had not asked. */
  private static String knownUpgrade(String asked) {
    return asked.equalsIgnoreCase("websocket") || asked.equalsIgnoreCase("SPDY/3.1") ? asked : "";
  }

  private void takeTunnel(RequestDigest asked, SharedState shared) throws RefusedException {
    if (!LongRunning.isLongRunning(asked.info())) {
      throw RefusedException.badRequest(
          "upgrade", "this request cannot be upgraded, only watch, exec and their like can");
    }
    tunnelPlace = shared.tunnels().take(asked.user().name());
  }

  private void expire() {
    Exchange current = exchange;
    if (current != null) {
      current.expire();
    }
  }

  void finishWatch() {
    Exchange current = exchange;
    if (current != null) {
      current.finishWatch();
    }
  }

  @Override
  public void responded(int code, MultiMap headers) {
    replies.addFlow(headers, classification, false);
    RequestHead read = head;
    if (code == 401 && read != null) {
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
    if (!gone) {
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

  /** Refuses before anything was forwarded. */
  void refuse(Throwable cause) {
    RefusedException refusal =
        cause instanceof RefusedException known
            ? known
            : new RefusedException(500, "InternalError", "defect", "an internal error occurred")
                .causedBy(cause);
    if (!gone) {
      replies.refuse(client, peer, refusal, classification, auditId);
    }
    finish();
  }

  void refuseForShutdown() {
    replies.refuseForShutdown(client, peer, auditId);
    finish();
  }

  /** Gives back all that is held. Harmless when repeated. */
  void finish() {
    if (done) {
      return;
    }
    done = true;
    cancelTimer(waitTimer);
    cancelTimer(deadlineTimer);
    SeatLease seats = lease;
    if (seats != null) {
      seats.close();
    }
    giveBack(tunnelPlace);
    giveBack(watchPlace);
    giveBack(longPlace);
    peer.closed(System.nanoTime());
    collaborators.events().held(Held.EXCHANGE, -1);
    finished.accept(this);
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
