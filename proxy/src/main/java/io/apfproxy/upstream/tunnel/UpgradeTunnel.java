package io.apfproxy.upstream.tunnel;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.exchange.HeaderRules;
import io.apfproxy.upstream.exchange.Redirects;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Upstream;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** One request to upgrade, and the tunnel it may become. Belongs to the request's event loop. */
public final class UpgradeTunnel implements Exchange, UpgradeReply.Listener {
  /*
   * The upstream gets the request on a connection of its own, as HTTP/1.1 written by hand, once it is
   * known to have no body. Only a 101 for the protocol asked for joins the two sockets. Any other
   * answer is passed on as a response. In each case both connections are closed afterwards: nobody
   * may get a raw channel with our trust.
   */
  private static final long IDLE_MILLIS = 4 * 60 * 60 * 1000L;

  /** How long the end of a body that has nothing in it may take. */
  private static final long BODY_MILLIS = 30_000;

  private static final String BROKEN = "upstream-broken";

  private final Vertx vertx;
  private final Upstream upstream;
  private final Reporter events;
  private final HttpServerRequest client;
  private final HttpServerResponse response;
  private final Outgoing request;
  private final ExchangeListener listener;
  private final UpgradeReply reply = new UpgradeReply(this);
  private @Nullable NetSocket socket;
  private @Nullable RawPump tunnel;
  private @Nullable Buffer early;
  private long declined;
  private boolean dialled;
  private boolean answered;
  private boolean joining;
  private boolean json;
  private boolean betweenLines;
  private boolean tunnelling;
  private boolean over;
  private boolean ended;
  private long bodyTimer = -1;

  public UpgradeTunnel(
      Vertx vertx,
      Upstream upstream,
      Reporter events,
      HttpServerRequest client,
      Outgoing request,
      ExchangeListener listener) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.events = events;
    this.client = client;
    this.response = client.response();
    this.request = request;
    this.listener = listener;
  }

  public void start() {
    if (!RawSocket.available(client) || HeaderRules.contentLength(request.survivors()) > 0) {
      refuseBody();
      return;
    }
    bodyTimer = vertx.setTimer(BODY_MILLIS, late -> bodyTooSlow());
    client.handler(bytes -> refuseBody());
    client.endHandler(read -> dial());
    client.resume();
  }

  private void refuseBody() {
    giveUp(RefusedException.badRequest("upgrade-body", "a request to upgrade has no body"));
  }

  private void bodyTooSlow() {
    giveUp(new RefusedException(408, "Timeout", "slow-body", "the request body came too slowly"));
  }

  /** Refuses before the upstream was asked. */
  private void giveUp(RefusedException refusal) {
    fail(refusal);
    end(false);
  }

  private void dial() {
    vertx.cancelTimer(bodyTimer);
    if (over) {
      end(false);
      return;
    }
    dialled = true;
    upstream
        .dial(request.credential())
        .onComplete(
            this::connected,
            cause -> {
              fail(UpstreamFault.unreachable(cause));
              end(false);
            });
  }

  private void connected(NetSocket connected) {
    if (over) {
      connected.close();
      end(false);
      return;
    }
    Buffer head;
    try {
      head =
          UpgradeHead.request(
              request, upstream.target(request), upstream.authority(request).toString());
    } catch (RefusedException defect) {
      fail(defect);
      connected.close();
      end(false);
      return;
    }
    socket = connected;
    events.held(Held.UPSTREAM_STREAM, 1);
    connected.handler(reply::feed);
    connected.exceptionHandler(broken -> connected.close());
    connected.closeHandler(closed -> upstreamClosed());
    connected.write(head);
  }

  @Override
  public void head(int code, MultiMap headers) {
    if (over) {
      return;
    }
    try {
      if (code == 101 && UpgradeHead.fits(request, headers)) {
        join(headers);
      } else if (code == 101) {
        throw UpstreamFault.protocol("the upstream did not switch to the protocol asked for");
      } else {
        Redirects.check(code, headers, request, upstream.server());
        decline(code, headers);
      }
    } catch (RefusedException unfit) {
      response.headers().clear();
      fail(unfit);
      closeUpstream();
    }
  }

  private void join(MultiMap headers) throws RefusedException {
    NetSocket peer = socket;
    if (peer == null) {
      return;
    }
    MultiMap out = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.copyResponse(headers, out, true);
    answered = true;
    joining = true;
    listener.responded(101, out);
    Buffer head = UpgradeHead.switching(out, headers.get("upgrade"));
    peer.pause();
    Promise<NetSocket> taken = ((ContextInternal) vertx.getOrCreateContext()).promise();
    RawSocket.of(client).onComplete(taken);
    taken
        .future()
        .onComplete(
            own -> joined(own, peer, head),
            gone -> {
              over = true;
              closeUpstream();
            });
  }

  private void joined(NetSocket own, NetSocket peer, Buffer head) {
    if (ended || over) {
      own.close();
      return;
    }
    own.pause();
    tunnelling = true;
    events.held(Held.TUNNEL, 1);
    RawPump pump =
        new RawPump(
            vertx,
            own,
            peer,
            IDLE_MILLIS,
            () -> {
              over = true;
              end(true);
            });
    own.write(head);
    if (early != null) {
      pump.passToLeft(early);
      early = null;
    }
    tunnel = pump;
    pump.start();
  }

  /** Passes on an answer that is none to the upgrade. */
  private void decline(int code, MultiMap headers) throws RefusedException {
    boolean bodyless = code == 204 || code == 304;
    long length = HeaderRules.copyResponse(headers, response.headers(), bodyless);
    answered = true;
    @Nullable String type = headers.get("content-type");
    json = type != null && type.startsWith("application/json");
    response.setStatusCode(code);
    response.putHeader("Connection", "close");
    listener.responded(code, response.headers());
    if (length < 0) {
      response.setChunked(true);
    }
  }

  @Override
  public void bytes(Buffer bytes) {
    if (tunnel != null) {
      tunnel.passToLeft(bytes);
    } else if (joining) {
      early = early == null ? bytes : early.appendBuffer(bytes);
    } else if (!over && !response.ended() && !response.closed()) {
      declined += bytes.length();
      events.responseBytes(bytes.length());
      listener.body(bytes);
      response.write(bytes);
      betweenLines = json && bytes.length() > 0 && bytes.getByte(bytes.length() - 1) == '\n';
      NetSocket peer = socket;
      if (peer != null && response.writeQueueFull()) {
        peer.pause();
        response.drainHandler(drained -> peer.resume());
      }
    }
  }

  @Override
  public void end() {
    if (!over) {
      over = true;
      if (!response.ended() && !response.closed()) {
        response.end().onComplete(sent -> client.connection().close());
      }
    }
    closeUpstream();
  }

  @Override
  public void malformed() {
    if (answered) {
      cut(BROKEN);
    } else {
      fail(UpstreamFault.protocol("the upstream's answer to the upgrade is no HTTP"));
    }
    closeUpstream();
  }

  private void upstreamClosed() {
    if (tunnel != null) {
      return;
    }
    reply.closed();
    if (!over) {
      if (answered) {
        cut(BROKEN);
      } else {
        fail(UpstreamFault.broken(null));
      }
    }
    end(false);
  }

  private void cut(String rule) {
    over = true;
    listener.cut(rule);
    client.connection().close();
  }

  private void fail(RefusedException refusal) {
    if (!over) {
      over = true;
      answered = true;
      listener.failed(refusal.closing());
    }
  }

  @Override
  public void cancel() {
    over = true;
    if (tunnel != null) {
      tunnel.close();
    } else if (socket != null) {
      closeUpstream();
    } else if (!dialled) {
      end(false);
    }
  }

  @Override
  public void abandon() {
    answered = true;
    cancel();
  }

  @Override
  public void expire() {
    if (!answered) {
      fail(UpstreamFault.deadline());
      closeUpstream();
    }
  }

  @Override
  public void finishWatch(String rule) {
    if (tunnel != null) {
      tunnel.close();
    } else if (answered && !joining && !over) {
      if (betweenLines && response.isChunked()) {
        end();
      } else {
        cut(rule);
        closeUpstream();
      }
    }
  }

  @Override
  public long bytesIn() {
    RawPump pump = tunnel;
    return pump == null ? 0 : pump.toRight();
  }

  @Override
  public long bytesOut() {
    RawPump pump = tunnel;
    return pump == null ? declined : pump.toLeft();
  }

  private void closeUpstream() {
    if (socket != null) {
      socket.close();
    }
  }

  private void end(boolean complete) {
    if (!ended) {
      ended = true;
      vertx.cancelTimer(bodyTimer);
      reply.release();
      if (tunnelling) {
        events.held(Held.TUNNEL, -1);
      }
      if (socket != null) {
        events.held(Held.UPSTREAM_STREAM, -1);
      }
      listener.ended(complete);
    }
  }
}
