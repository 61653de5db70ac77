package io.apfproxy.server;

import io.apfproxy.authn.ClientRequest;
import io.apfproxy.authn.RequestHead;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.Liveness;
import io.apfproxy.upstream.StreamWritability;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The walk of every request of one event loop, from its head to its response. */
final class RequestPipeline implements Handler<HttpServerRequest> {
  private static final long SWEEP_MILLIS = 10_000;

  /** More than what an exchange gives its upstream to notice a reset. */
  private static final long REST_MILLIS = 2_000;

  private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(32);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Vertx vertx;
  private final Collaborators collaborators;
  private final SharedState shared;
  private final Forwarder forwarder;
  private final RefusalLog log;
  private final GoAwayChance goAway;
  private final Replies replies;
  private final RequestTimeout timeout;
  private final Map<HttpConnection, Peer> peers = new HashMap<>();
  private final Set<Call> watches = new HashSet<>();
  private int open;
  private @Nullable Promise<Void> rest;

  RequestPipeline(
      Vertx vertx,
      ServerConfig config,
      Collaborators collaborators,
      SharedState shared,
      Forwarder forwarder) {
    this.vertx = vertx;
    this.collaborators = collaborators;
    this.shared = shared;
    this.forwarder = forwarder;
    this.goAway =
        new GoAwayChance(
            vertx, config.goAwayChance(), () -> ThreadLocalRandom.current().nextDouble());
    this.log = new RefusalLog(System::nanoTime);
    this.replies = new Replies(vertx, collaborators.events(), config.exposeFlowHeaders(), log);
    this.timeout = new RequestTimeout(config.requestTimeout());
    vertx.setPeriodic(
        SWEEP_MILLIS,
        tick -> {
          closeIdle();
          log.sumUp();
        });
  }

  @Override
  public void handle(HttpServerRequest client) {
    Peer peer = peer(client);
    if (peer.closing()) {
      return; // what follows a message that was refused as ambiguous is no request
    }
    goAway.roll(client, peer);
    client.pause(); // no byte is lost while the request waits for its seats
    Call call = open(client, peer);
    if (shared.draining()) {
      call.refuseForShutdown();
      return;
    }
    try {
      refuseMethod(client.method().name());
      RequestHead head = collaborators.heads().read(clientRequest(client, peer));
      RequestTarget target =
          client.version() == HttpVersion.HTTP_2
              ? RequestTarget.parsePath(client.uri())
              : RequestTarget.parse(client.uri());
      RequestInfo info = RequestInfoParser.parse(client.method().name(), target);
      long allowance = timeout.allowanceNanos(info, target.query());
      call.understood(head, target, allowance, timeout.queueWaitNanos(allowance));
      collaborators
          .identities()
          .resolve(head, info)
          .onComplete(
              identity -> {
                RequestDigest digest =
                    new RequestDigest(info, identity.effective(), target.query());
                if (call.gone()) {
                  call.finish();
                } else if (LongRunning.bypasses(info)) {
                  call.bypass(identity, digest, forwarder, shared);
                } else {
                  if (info.isWatch()) {
                    watches.add(call);
                  }
                  call.admit(identity, digest, forwarder, shared);
                }
              },
              call::refuse);
    } catch (RefusedException refusal) {
      call.refuse(refusal);
    }
  }

  private Call open(HttpServerRequest client, Peer peer) {
    Call call = new Call(vertx, collaborators, replies, client, peer, this::forget);
    open++;
    call.open();
    return call;
  }

  private static void refuseMethod(String method) throws RefusedException {
    if (method.equals("CONNECT") || method.equals("TRACE")) {
      throw new RefusedException(
              405, "MethodNotAllowed", "method", "method " + method + " is not served")
          .closing();
    }
  }

  private static ClientRequest clientRequest(HttpServerRequest client, Peer peer) {
    boolean http2 = client.version() == HttpVersion.HTTP_2;
    HostAndPort authority = http2 ? client.authority() : null;
    return new ClientRequest(
        client.method().name(),
        client.headers(),
        http2,
        http2 ? (authority == null ? null : authority.toString()) : client.headers().get("Host"),
        peer.certificates(),
        peer.address());
  }

  /** The codec could not read the request. */
  void refuseUnreadable(HttpServerRequest client) {
    Throwable cause = client.decoderResult().cause();
    RefusedException refusal;
    if (cause instanceof TooLongHttpLineException) {
      refusal = new RefusedException(414, "BadRequest", "request-line", "request line too long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      refusal = new RefusedException(431, "BadRequest", "header-size", "header block too large");
    } else {
      refusal = RefusedException.badRequest("syntax", "not a well-formed HTTP request");
    }
    Peer peer = peer(client);
    if (!peer.closing()) {
      open(client, peer).refuse(refusal.closing());
    }
  }

  void connected(HttpConnection connection) {
    StreamWritability.watch(connection);
    Liveness.ofClient(connection);
    peers.put(connection, new Peer(vertx, connection, System.nanoTime()));
    connection.closeHandler(closed -> peers.remove(connection));
  }

  private Peer peer(HttpServerRequest client) {
    Peer known = peers.get(client.connection());
    return known == null ? new Peer(vertx, client.connection(), System.nanoTime()) : known;
  }

  private void forget(Call call) {
    open--;
    Promise<Void> last = rest;
    if (open == 0 && last != null) {
      last.tryComplete();
    }
    watches.remove(call);
    if (call.upgraded()) {
      peers.remove(call.connection()); // a socket taken from its codec does not report its close
    }
  }

  /**
   * Sends HTTP/2 clients away and ends watches, each at a place where a client can go on elsewhere.
   * Completes when the last request has ended and its client has had time to read the response, or
   * when the grace is over.
   */
  Future<Void> finish(Duration grace) {
    List.copyOf(peers.values()).forEach(Peer::sendAway);
    Set.copyOf(watches).forEach(Call::finishWatch);
    return restWithin(grace.toMillis())
        .compose(
            ended ->
                open > 0 || peers.isEmpty()
                    ? Future.succeededFuture()
                    : vertx.timer(Peer.LINGER_MILLIS, TimeUnit.MILLISECONDS))
        .mapEmpty();
  }

  /**
   * Completes when no request holds anything any more, which is some time after the last client was
   * cut off.
   */
  Future<Void> rest() {
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
