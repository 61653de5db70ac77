package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.ProxyEvents.Held;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;

/** One request to upgrade, and the tunnel it may become. Belongs to the request's event loop. */
final class UpgradeTunnel implements Exchange, UpgradeReply.Listener {
  /*
   * The upstream gets the request on a connection of its own, as HTTP/1.1 written by hand. Only a
   * 101 for the protocol asked for joins the two sockets. A refusal is passed on as a response. In
   * each case both connections are closed afterwards: nobody may get a raw channel with our trust.
   */
  private static final long IDLE_MILLIS = 4 * 60 * 60 * 1000L;

  private final Vertx vertx;
  private final Upstream upstream;
  private final ProxyEvents events;
  private final HttpServerRequest client;
  private final HttpServerResponse response;
  private final Outgoing request;
  private final ExchangeListener listener;
  private final UpgradeReply reply = new UpgradeReply(this);
  private @Nullable NetSocket socket;
  private @Nullable RawPump tunnel;
  private @Nullable Buffer early;
  private boolean answered;
  private boolean joining;
  private boolean tunnelling;
  private boolean over;
  private boolean ended;

  UpgradeTunnel(
      Vertx vertx,
      Upstream upstream,
      ProxyEvents events,
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

  void start() {
    if (!RawSocket.available(client)
        || HeaderRules.contentLength(request.survivors()) > 0
        || client.headers().contains("transfer-encoding")) {
      fail(RefusedException.badRequest("upgrade-body", "a request to upgrade has no body"));
      end(false);
      return;
    }
    client.handler(none -> {});
    client.resume();
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
      head = UpgradeHead.request(request, upstream.target(request), upstream.hostHeader());
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
      } else if (code >= 400) {
        refuse(code, headers);
      } else {
        Redirects.check(code, headers, request, upstream.server());
        throw UpstreamFault.protocol("the upstream did not switch to the protocol asked for");
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
    events.responded(101);
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

  private void refuse(int code, MultiMap headers) throws RefusedException {
    long length = HeaderRules.copyResponse(headers, response.headers(), false);
    answered = true;
    response.setStatusCode(code);
    response.putHeader("Connection", "close");
    listener.responded(code, response.headers());
    events.responded(code);
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
      events.responseBytes(bytes.length());
      listener.body(bytes);
      response.write(bytes);
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
      cut();
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
        cut();
      } else {
        fail(UpstreamFault.broken(null));
      }
    }
    end(false);
  }

  private void cut() {
    over = true;
    events.aborted("upstream-broken");
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
  public void finishWatch() {
    if (tunnel != null) {
      tunnel.close();
    }
  }

  private void closeUpstream() {
    if (socket != null) {
      socket.close();
    }
  }

  private void end(boolean complete) {
    if (!ended) {
      ended = true;
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
