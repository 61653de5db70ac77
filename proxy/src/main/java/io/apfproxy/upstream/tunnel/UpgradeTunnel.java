package io.apfproxy.upstream.tunnel;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.exchange.HeaderRules;
import io.apfproxy.upstream.exchange.Redirects;
import io.apfproxy.upstream.exchange.UpstreamFault;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.ConnectFailure;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * One request to upgrade, and the tunnel it may become.
 *
 * <pre>
 *  body read --> dialled --> asked by socket --- 101 ---> joint ---> tunnel
 *                                 |
 *                                 +--- anything else ---> declined
 * </pre>
 */
public final class UpgradeTunnel extends Exchange implements UpgradeReply.Listener {
  /*
   * The upstream gets the request on a connection of its own, as HTTP/1.1 written by hand, once it is
   * known to have no body. Only a 101 for the protocol asked for joins the two sockets. Any other
   * answer is passed on as a response. In each case both connections are closed afterwards: nobody
   * may get a raw channel with our trust.
   */
  private static final String BROKEN = "upstream-broken";

  private final EmptyBody body;
  private final UpgradeReply reply = new UpgradeReply(this);
  private boolean dialled;
  private boolean tunnelling;
  private @Nullable NetSocket socket;
  private @Nullable DeclinedAnswer declined;
  private @Nullable Joint joint;
  private @Nullable RawPump tunnel;

  public UpgradeTunnel(
      Vertx vertx,
      Chosen<Member> chosen,
      Reporter events,
      HttpServerRequest client,
      Outgoing request,
      ExchangeListener listener) {
    super(vertx, chosen, events, client, request, listener);
    this.body = new EmptyBody(vertx, client, this::endUnsent);
  }

  @Override
  public void start() {
    if (!RawSocket.available(client) || HeaderRules.contentLength(request.survivors()) > 0) {
      body.refuse();
    } else {
      body.read(this::dial);
    }
  }

  /** Before the upstream was asked. */
  private void endUnsent(RefusedException refusal) {
    refuse(refusal);
    end(false);
  }

  private void dial() {
    if (isOver()) {
      return;
    }
    if (chosen.isAway()) {
      endUnsent(UpstreamFault.unreachable(null, chosen.retryAfterSeconds()));
      return;
    }
    dialled = true;
    upstream
        .dial(request.sender().credential())
        .onComplete(
            this::connected,
            cause -> {
              if (ConnectFailure.isNobodyThere(cause)) {
                chosen.foundNobody();
              }
              endUnsent(UpstreamFault.unreachable(cause, chosen.retryAfterSeconds()));
            });
  }

  private void connected(NetSocket connected) {
    chosen.reached();
    if (isOver()) {
      connected.close();
      end(false);
      return;
    }
    Buffer head;
    try {
      head = UpgradeHead.request(request, upstream.target(request), upstream.authority(request));
    } catch (RefusedException defect) {
      connected.close();
      endUnsent(defect);
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
    chosen.answered();
    if (isOver()) {
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
      refuse(unfit);
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
    answered(101, out);
    Joint joining = new Joint(vertx, peer, UpgradeHead.switching(out, headers.get("upgrade")));
    joint = joining;
    joining
        .take(client)
        .onComplete(
            own -> joined(joining, own),
            gone -> {
              makeOver();
              closeUpstream();
            });
  }

  private void joined(Joint joining, NetSocket own) {
    if (isOver()) {
      own.close();
      return;
    }
    tunnelling = true;
    events.held(Held.TUNNEL, 1); // before the client knows of it
    RawPump pump =
        joining.join(
            own,
            this::moved,
            () -> {
              makeOver();
              end(true);
            });
    tunnel = pump;
    pump.start();
  }

  /** Passes on an answer that is none to the upgrade. */
  private void decline(int code, MultiMap headers) throws RefusedException {
    DeclinedAnswer answer = new DeclinedAnswer(response, code, headers);
    declined = answer;
    answered(code, response.headers());
    answer.begin();
  }

  @Override
  public void bytes(Buffer bytes) {
    if (tunnel != null) {
      tunnel.passToLeft(bytes);
    } else if (joint != null) {
      joint.early(bytes);
    } else if (declined != null && socket != null && !isOver() && isOpen()) {
      passing(bytes);
      declined.pass(bytes, socket);
    }
  }

  private boolean isOpen() {
    return !response.ended() && !response.closed();
  }

  @Override
  public void end() {
    if (makeOver() && isOpen()) {
      response.end().onComplete(sent -> client.connection().close());
    }
    closeUpstream();
  }

  @Override
  public void malformed() {
    if (isAnswered()) {
      cut(BROKEN);
    } else {
      refuse(UpstreamFault.protocol("the upstream's answer to the upgrade is no HTTP"));
    }
    closeUpstream();
  }

  private void upstreamClosed() {
    if (tunnel != null) {
      return;
    }
    reply.closed();
    if (isAnswered()) {
      cut(BROKEN);
    } else {
      refuse(UpstreamFault.broken(null));
    }
    end(false);
  }

  private void cut(String rule) {
    cutOff(rule);
    client.connection().close();
  }

  private void refuse(RefusedException refusal) {
    fail(refusal.closing());
  }

  @Override
  public void cancel() {
    makeOver();
    stop();
  }

  /** Ends the upstream's side, whatever it is by now. */
  private void stop() {
    if (tunnel != null) {
      tunnel.close();
    } else if (!dialled) {
      end(false);
    } else {
      closeUpstream(); // or it is closed as soon as it is there
    }
  }

  @Override
  public void abandon() {
    cancel();
  }

  @Override
  public void expire() {
    if (isUnanswered()) {
      refuse(UpstreamFault.deadline());
      stop();
    }
  }

  @Override
  public void giveUp(RefusedException why) {
    if (isUnanswered()) {
      refuse(why);
      stop();
    } else if (declined != null && !isOver()) {
      cut(why.rule());
      closeUpstream();
    }
  }

  @Override
  public void finishWatch(String rule) {
    if (tunnel != null) {
      tunnel.close();
    } else if (declined != null && isAnswered()) {
      if (declined.mayEnd()) {
        end();
      } else {
        cut(rule);
        closeUpstream();
      }
    }
  }

  @Override
  public long bytesIn() {
    return tunnel == null ? 0 : tunnel.toRight();
  }

  @Override
  public long bytesOut() {
    if (declined != null) {
      return declined.passed();
    }
    return tunnel == null ? 0 : tunnel.toLeft();
  }

  private void closeUpstream() {
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  protected void release() {
    body.stop();
    reply.release();
    if (tunnelling) {
      events.held(Held.TUNNEL, -1);
    }
    if (socket != null) {
      events.held(Held.UPSTREAM_STREAM, -1);
    }
  }
}
