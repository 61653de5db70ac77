package io.apfproxy.server.walk;

import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.server.listen.Arrivals;
import io.apfproxy.server.listen.HeadMeter;
import io.apfproxy.server.listen.Http1Versions;
import io.apfproxy.server.listen.Peer;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.log.RefusalLog;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.Liveness;
import io.apfproxy.upstream.wire.StreamWritability;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client connections of one event loop, and the requests under way on them. */
public final class RequestPipeline implements Handler<HttpServerRequest> {
  /** At a shutdown one watch is ended so often, or more if there would be no time for all. */
  private static final long WATCH_END_MILLIS = 10;

  /** So many take a few milliseconds of the event loop. */
  private static final int MOST_ENDED_AT_A_TIME = 100;

  /** For watches that have not ended within the grace, as there are too many. */
  private static final long OVERTIME_MILLIS = 3_000;

  /** Before the end of the grace, for the answers to those who still wait. */
  private static final long LAST_MILLIS = 2_000;

  private static final long SWEEP_MILLIS = 10_000;

  /** More than what an exchange gives its upstream to notice a reset. */
  private static final long REST_MILLIS = 2_000;

  /** Of RFC 8441. */
  private static final String EXTENDED_CONNECT = ":protocol";

  private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(32);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Vertx vertx;
  private final Collaborators collaborators;
  private final Limits limits;
  private final Walk walk;
  private final Arrivals arrivals;
  private final RefusalLog log;
  private final Defects defects;
  private final GoAwayChance goAway;
  private final Replies replies;
  private final Map<HttpConnection, Peer> peers = new HashMap<>();
  private final Set<Call> watches = new HashSet<>();
  private boolean ending;
  private int open;
  private @Nullable Promise<Void> rest;

  public RequestPipeline(
      Vertx vertx,
      ServerConfig config,
      Collaborators collaborators,
      Limits limits,
      Forwarder forwarder) {
    this.vertx = vertx;
    this.collaborators = collaborators;
    this.limits = limits;
    EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
    this.arrivals =
        new Arrivals(
            loop,
            turn -> {
              var unused = loop.schedule(turn, 0, TimeUnit.NANOSECONDS);
            },
            System::nanoTime);
    this.goAway =
        new GoAwayChance(
            vertx, config.goAwayChance(), () -> ThreadLocalRandom.current().nextDouble());
    this.log = new RefusalLog(System::nanoTime);
    this.defects = new Defects(log, collaborators.events());
    vertx.getOrCreateContext().exceptionHandler(defects);
    this.replies =
        new Replies(
            vertx, collaborators.events(), config.exposeFlowHeaders(), log, config.crossOrigin());
    Gates gates = limits.gates();
    this.walk =
        new Walk(
            List.of(
                new Understand(
                    collaborators.heads(),
                    new RequestTimeout(config.requestTimeout()),
                    config.crossOrigin(),
                    limits.engines()),
                gates.beforeIdentity(),
                new Identify(vertx, collaborators.identities(), limits, goAway),
                gates.afterIdentity(),
                this::rememberWatch,
                new Admit(collaborators.flowControl(), gates.waitingForSeats()),
                new Forward(vertx, forwarder, collaborators)));
    vertx.setPeriodic(
        SWEEP_MILLIS,
        tick -> {
          closeIdle();
          log.sumUp();
        });
  }

  @Override
  public void handle(HttpServerRequest client) {
    Peer peer = peer(client.connection());
    client.pause(); // no byte is lost while the request waits for its seats
    if (client.version() == HttpVersion.HTTP_2 && client.headers().contains(EXTENDED_CONNECT)) {
      reset(client, peer);
    } else {
      arrivals.add(
          peer.arrivals(), new Arrived(client, peer, (ContextInternal) vertx.getOrCreateContext()));
    }
  }

  private final class Arrived implements Arrivals.Arrival {
    private final HttpServerRequest client;
    private final Peer peer;
    private final ContextInternal context; // of this request alone: see Defects

    Arrived(HttpServerRequest client, Peer peer, ContextInternal context) {
      this.client = client;
      this.peer = peer;
      this.context = context;
    }

    @Override
    public boolean isGone() {
      return client.response().closed();
    }

    @Override
    public void begin() {
      context.dispatch(this, arrived -> RequestPipeline.this.begin(client, peer));
    }
  }

  private void begin(HttpServerRequest client, Peer peer) {
    if (peer.closing()) {
      return; // what follows a message that was refused as ambiguous is no request
    }
    Call call = open(client, peer);
    goAway.roll(client, peer);
    if (limits.draining()) {
      call.refuse(Replies.shuttingDown());
    } else {
      walk.goOn(call);
    }
  }

  /** The codec lets it pass, since some servers offer it; all else that is malformed it resets. */
  private void reset(HttpServerRequest client, Peer peer) {
    collaborators.events().refused("pseudo-header", 400);
    log.refused(
        400,
        "pseudo-header",
        EXTENDED_CONNECT + " is not offered",
        null,
        peer.address(),
        AuditId.of(client.headers()));
    var unused = client.response().reset(ErrorCodes.PROTOCOL_ERROR);
  }

  private Call open(HttpServerRequest client, Peer peer) {
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    Call call = new Call(new ContextLoop(vertx, context), new HttpCaller(client, peer, replies));
    defects.watch(context, call);
    call.hold(() -> forgetOnceAnswered(call, context));
    open++;
    call.hold(() -> forget(call));
    call.hold(() -> collaborators.events().held(Held.EXCHANGE, -1));
    collaborators.events().held(Held.EXCHANGE, 1);
    peer.opened();
    call.hold(() -> peer.closed(System.nanoTime()));
    client.exceptionHandler(cause -> call.leave());
    client.response().exceptionHandler(cause -> call.leave());
    client
        .response()
        .closeHandler(
            closed -> {
              if (call.hasEnded()) {
                defects.forget(context);
              }
              call.leave();
            });
    return call;
  }

  /** A station: what is to be ended when the proxy stops. */
  private Wait rememberWatch(Call call) {
    if (call.info().isWatch()) {
      watches.add(call);
      call.hold(() -> watches.remove(call));
    }
    return Wait.NONE;
  }

  /** Until then something may be thrown that leaves the client without an end. */
  private void forgetOnceAnswered(Call call, Context context) {
    if (call.isAnswered()) {
      defects.forget(context);
    } else {
      call.caller().request().response().endHandler(end -> defects.forget(context));
    }
  }

  /** The codec could not read the request. */
  public void refuseUnreadable(HttpServerRequest client) {
    Throwable cause = client.decoderResult().cause();
    if (cause instanceof PrematureChannelClosureException) {
      return; // it left in the middle of a head: nobody is there to be answered
    }
    RefusedException refusal;
    if (cause instanceof RefusedException known) {
      refusal = known; // by the meter of heads
    } else if (cause instanceof TooLongHttpLineException) {
      refusal = new RefusedException(414, "BadRequest", "request-line", "request line too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      refusal = new RefusedException(431, "BadRequest", "header-size", "header block too large");
    } else if (cause instanceof Http1Versions.UnknownVersionException) {
      refusal =
          new RefusedException(505, "BadRequest", "version", String.valueOf(cause.getMessage()));
    } else {
      refusal = RefusedException.badRequest("syntax", "not a well-formed HTTP request");
    }
    Peer peer = peer(client.connection());
    if (!peer.closing()) {
      open(client, peer).refuse(refusal.closing());
    }
  }

  public void connected(HttpConnection connection) {
    StreamWritability.watch(connection);
    Liveness.ofClient(connection);
    Http1Versions.guard(connection);
    HeadMeter.watch(connection);
    peers.put(connection, peer(connection));
    connection.closeHandler(closed -> peers.remove(connection));
  }

  private Peer peer(HttpConnection connection) {
    Peer known = peers.get(connection);
    if (known != null) {
      return known;
    }
    try {
      return new Peer(vertx, connection, System.nanoTime());
    } catch (RuntimeException defect) {
      connection.close(); // nobody could be answered here
      throw defect;
    }
  }

  private void forget(Call call) {
    open--;
    Promise<Void> last = rest;
    if (open == 0 && last != null) {
      last.tryComplete();
    }
    if (call.isUpgrade()) {
      peers.remove(
          call.caller()
              .request()
              .connection()); // a socket taken from its codec does not report its close
    }
  }

  /**
   * Sends HTTP/2 clients away and ends watches, each at a place where a client can go on elsewhere,
   * one after the other so that they do not all come to the next proxy at once. What waits for its
   * seats may still get them, and is refused shortly before the grace is over. Completes when the
   * last request has ended and its client has had time to read the response, or when the grace is
   * over and no watch is left, which would all be cut off in one turn of the event loop.
   */
  public Future<Void> finish(Duration grace) {
    long millis = grace.toMillis();
    List.copyOf(peers.values()).forEach(Peer::sendAway);
    long each = watches.size() * WATCH_END_MILLIS / (millis / 4 * 3 + 1) + 1;
    Promise<Void> none = Promise.promise();
    ending = true;
    endAllWatches((int) Math.min(each, MOST_ENDED_AT_A_TIME), none);
    long last =
        vertx.setTimer(
            Math.max(1, millis - Math.min(LAST_MILLIS, millis / 4)), late -> refuseWaiting());
    return restWithin(millis)
        .compose(
            ended -> {
              ending = false;
              return none.future().timeout(OVERTIME_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
            })
        .compose(
            ended -> {
              vertx.cancelTimer(last);
              return open > 0 || peers.isEmpty()
                  ? Future.succeededFuture()
                  : vertx.timer(Peer.LINGER_MILLIS, TimeUnit.MILLISECONDS);
            })
        .mapEmpty();
  }

  /**
   * Slice by slice, each with a pause after it, however late the one before was.
   *
   * @param none completes, after the grace, when none is left
   */
  private void endAllWatches(int each, Promise<Void> none) {
    boolean more = endWatches(each) == each;
    if (ending || more) {
      vertx.setTimer(WATCH_END_MILLIS, paused -> endAllWatches(each, none));
    } else {
      none.complete();
    }
  }

  private int endWatches(int most) {
    int ended = 0;
    for (Iterator<Call> left = List.copyOf(watches).iterator(); left.hasNext() && ended < most; ) {
      Call watch = left.next();
      if (watch.finishWatch()) {
        watches.remove(watch);
        ended++;
      }
    }
    return ended;
  }

  private void refuseWaiting() {
    defects.calls().forEach(Call::refuseIfWaiting);
  }

  /**
   * Completes when no request holds anything any more, which is some time after the last client was
   * cut off.
   */
  public Future<Void> rest() {
    return restWithin(REST_MILLIS);
  }

  private Future<Void> restWithin(long millis) {
    if (open == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> last = Promise.promise();
    rest = last;
    if (millis > 0) {
      vertx.setTimer(millis, late -> last.tryComplete());
    } else {
      last.complete();
    }
    return last.future();
  }

  private void closeIdle() {
    long now = System.nanoTime();
    peers.values().forEach(peer -> peer.closeIfIdle(now, FIRST_REQUEST_NANOS, IDLE_NANOS));
  }
}
