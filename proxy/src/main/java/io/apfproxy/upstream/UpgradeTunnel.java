package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.ProxyEvents.Held;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** One request to upgrade, and the tunnel it may become. Belongs to the request's event loop. */
final class UpgradeTunnel implements Exchange, UpgradeReply.Listener {
  /*
   * The upstream gets the request on a connection of its own, as HTTP/1.1 written by hand. Only a
   * 101 for the protocol asked for joins the two sockets. A refusal is passed on as a response. In
   * each case both connections are closed afterwards: nobody may get a raw channel with our trust.
   */
  private static final long IDLE_MILLIS = 4 * 60 * 60 * 1000L;
  private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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
              fail(
                  new RefusedException(
                          503,
                          "ServiceUnavailable",
                          "upstream-unreachable",
                          "no upstream can be reached")
                      .causedBy(cause)
                      .retryAfter(1));
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
      head = requestHead();
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

  private Buffer requestHead() throws RefusedException {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.writeRequest(request, headers);
    StringBuilder head = new StringBuilder(1024);
    head.append(request.method()).append(' ').append(upstream.target(request));
    head.append(" HTTP/1.1\r\nHost: ").append(upstream.hostHeader()).append("\r\n");
    for (Map.Entry<String, String> line : headers) {
      appendLine(head, line.getKey(), line.getValue());
    }
    if (!request.method().equals("GET")) {
      appendLine(head, "Content-Length", "0");
    }
    appendLine(head, "Connection", "Upgrade");
    appendLine(head, "Upgrade", request.upgrade());
    head.append("\r\n");
    return Buffer.buffer(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void appendLine(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  @Override
  public void head(int code, MultiMap headers) {
    if (over) {
      return;
    }
    try {
      if (code == 101 && fits(headers)) {
        join(headers);
      } else if (code >= 400) {
        refuse(code, headers);
      } else {
        throw HeaderRules.badGateway("the upstream did not switch to the protocol asked for");
      }
    } catch (RefusedException unfit) {
      response.headers().clear();
      fail(unfit);
      closeUpstream();
    }
  }

  private boolean fits(MultiMap headers) {
    String connection = headers.get("connection");
    if (connection == null
        || !connection.toLowerCase(java.util.Locale.ROOT).contains("upgrade")
        || !request.upgrade().equalsIgnoreCase(headers.get("upgrade"))) {
      return false;
    }
    if (!request.upgrade().equalsIgnoreCase("websocket")) {
      return true;
    }
    String key = request.survivors().get("sec-websocket-key");
    return key != null && accept(key).equals(headers.get("sec-websocket-accept"));
  }

  /** What a WebSocket server makes of the client's key. Source: RFC 6455 4.2.2. */
  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key.trim() + WEBSOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
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
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    for (Map.Entry<String, String> line : out) {
      appendLine(head, line.getKey(), line.getValue());
    }
    appendLine(head, "Connection", "Upgrade");
    appendLine(head, "Upgrade", headers.get("upgrade"));
    head.append("\r\n");
    peer.pause();
    RawSocket.of(client)
        .onComplete(
            own -> joined(own, peer, head.toString()),
            gone -> {
              over = true;
              closeUpstream();
            });
  }

  private void joined(NetSocket own, NetSocket peer, String head) {
    if (ended || over) {
      own.close();
      return;
    }
    own.pause();
    events.held(Held.TUNNEL, 1);
    RawPump pump =
        new RawPump(
            vertx,
            own,
            peer,
            IDLE_MILLIS,
            () -> {
              over = true;
              events.held(Held.TUNNEL, -1);
              end(true);
            });
    tunnel = pump;
    own.write(Buffer.buffer(head.getBytes(StandardCharsets.ISO_8859_1)));
    if (early != null) {
      pump.passToLeft(early);
      early = null;
    }
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
      fail(HeaderRules.badGateway("the upstream's answer to the upgrade is no HTTP"));
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
        fail(
            new RefusedException(
                502, "InternalError", "upstream-broken", "the upstream broke the exchange"));
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
  public void expire() {
    if (!answered) {
      fail(
          new RefusedException(
              504, "Timeout", "deadline", "the request did not complete within its time"));
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
      if (socket != null) {
        events.held(Held.UPSTREAM_STREAM, -1);
      }
      listener.ended(complete);
    }
  }
}
