package io.apfproxy.server.walk;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.server.listen.Arrivals;
import io.apfproxy.server.listen.ClientConnection;
import io.apfproxy.server.listen.ClientConnections;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.listen.UnreadableBody;
import io.apfproxy.server.listen.UnreadableHead;
import io.apfproxy.server.log.RefusalLog;
import io.apfproxy.server.log.RequestLog;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where the requests of one event loop come in, and how they are brought to an end. */
public final class RequestPipeline implements Handler<HttpServerRequest> {
  /** Before the end of the grace, for the answers to those who still wait. */
  private static final long LAST_MILLIS = 2_000;

  private static final long SWEEP_MILLIS = 10_000;
  private static final long TICK_MILLIS = 1_000 / Reporter.TICKS;

  /** More than what an exchange gives its upstream to notice a reset. */
  private static final long REST_MILLIS = 2_000;

  /** Of RFC 8441. */
  private static final String EXTENDED_CONNECT = ":protocol";

  private final Vertx vertx;
  private final Limits limits;
  private final Walk walk;
  private final Arrivals arrivals;
  private final Reporter reporter;
  private final UnderWay underWay;
  private final GoAwayChance goAway;
  private final Replies replies;
  private final ClientConnections connections;
  private final LastWatches lastWatches;
  private final DrainingResponses draining;

  public RequestPipeline(
      Vertx vertx, ServerConfig config, Services services, Limits limits, Forwarder forwarder) {
    this.vertx = vertx;
    this.limits = limits;
    this.connections = new ClientConnections(vertx);
    this.arrivals =
        new Arrivals(
            ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop(), limits.arrived());
    this.goAway =
        new GoAwayChance(
            vertx, config.goAwayChance(), () -> ThreadLocalRandom.current().nextDouble());
    RefusalLog refusals = new RefusalLog(System::nanoTime, services.logs());
    this.reporter =
        Reporter.all(services.reporter().ofLoop(), refusals, new RequestLog(services.logs()));
    this.underWay = new UnderWay(vertx, reporter);
    vertx.getOrCreateContext().exceptionHandler(underWay);
    this.replies = new Replies(vertx, reporter, config.answers());
    this.lastWatches = new LastWatches(vertx);
    this.draining = new DrainingResponses(vertx);
    Gates gates = limits.gates();
    this.walk =
        new Walk(
            List.of(
                new Understand(
                    services.heads(),
                    new RequestTimeout(config.requestTimeout()),
                    config.answers().crossOrigin(),
                    limits.engines()),
                gates.beforeIdentity(),
                new Identify(vertx, services, limits, goAway),
                gates.afterIdentity(),
                lastWatches::remember,
                gates.watchTurns(),
                new TakeBody(vertx, gates.waitingForBodies()),
                new Admit(services.flowControl(), gates.waitingForSeats(), services.heaviest()),
                new Forward(vertx, forwarder, services, draining)));
    vertx.setPeriodic(TICK_MILLIS, tick -> reporter.tick());
    vertx.setPeriodic(
        SWEEP_MILLIS,
        tick -> {
          connections.closeIdle();
          refusals.sumUp();
        });
  }

  @Override
  public void handle(HttpServerRequest client) {
    ClientConnection connection = connections.of(client.connection());
    client.pause(); // no byte is lost while the request waits for its seats
    if (client.version() == HttpVersion.HTTP_2 && client.headers().contains(EXTENDED_CONNECT)) {
      reset(client, connection);
    } else {
      arrivals.add(
          connection.arrivals(),
          new Arrived(client, connection, (ContextInternal) vertx.getOrCreateContext()));
    }
  }

  private final class Arrived implements Arrivals.Arrival {
    private final HttpServerRequest client;
    private final ClientConnection connection;
    private final ContextInternal context; // of this request alone: see UnderWay

    Arrived(HttpServerRequest client, ClientConnection connection, ContextInternal context) {
      this.client = client;
      this.connection = connection;
      this.context = context;
    }

    @Override
    public boolean isGone() {
      return client.response().closed();
    }

    @Override
    public long bytes() {
      return RequestSize.headBytes(client);
    }

    @Override
    public void begin() {
      context.dispatch(this, arrived -> RequestPipeline.this.begin(client, connection));
    }
  }

  private void begin(HttpServerRequest client, ClientConnection connection) {
    if (connection.closing()) {
      return; // what follows a message that was refused as ambiguous is no request
    }
    Call call = open(client, connection);
    goAway.roll(client, connection);
    if (limits.draining()) {
      call.refuse(Replies.shuttingDown());
    } else if (connection.isBodyUnreadable()) {
      call.refuse(UnreadableBody.refusal());
    } else {
      walk.goOn(call);
    }
  }

  /** The codec lets it pass, since some servers offer it; all else that is malformed it resets. */
  private void reset(HttpServerRequest client, ClientConnection connection) {
    Account account = account(client, connection);
    account.refused(
        new RefusedException(
            400, "BadRequest", "pseudo-header", EXTENDED_CONNECT + " is not offered"));
    reporter.answered(account);
    var unused = client.response().reset(ErrorCodes.PROTOCOL_ERROR);
    account.ended(System.nanoTime());
    reporter.ended(account);
  }

  private static Account account(HttpServerRequest client, ClientConnection connection) {
    Account account =
        new Account(
            System.nanoTime(),
            AuditId.of(client.headers()),
            connection.address(),
            client.method().name(),
            client.uri() == null ? "" : client.uri(), // HTTP/2 knows requests without
            client.headers().get(HttpHeaders.USER_AGENT));
    account.spoke(protocol(client.version()));
    if (!connection.certificates().isEmpty()) {
      account.presented(connection.certificates().get(0));
    }
    return account;
  }

  private static String protocol(@Nullable HttpVersion version) {
    if (version == null) {
      return "";
    }
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2.0";
      default -> version.name();
    };
  }

  private Call open(HttpServerRequest client, ClientConnection connection) {
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    Call call =
        new Call(
            new ContextLoop(context),
            new HttpCaller(client, connection, replies),
            account(client, connection),
            reporter);
    underWay.begun(context, call);
    call.hold(() -> ended(call, context));
    call.hold(() -> reporter.held(Held.EXCHANGE, -1));
    reporter.held(Held.EXCHANGE, 1);
    connection.opened();
    call.hold(() -> connection.closed(System.nanoTime()));
    if (client.version() != HttpVersion.HTTP_2) {
      Runnable unreadable = () -> call.loop().run(() -> call.giveUp(UnreadableBody.refusal()));
      connection.reads(unreadable);
      call.hold(() -> connection.readsNoMore(unreadable));
    }
    client.exceptionHandler(cause -> call.leave());
    client.response().exceptionHandler(cause -> call.leave());
    client.response().closeHandler(closed -> underWay.left(context, call));
    return call;
  }

  private void ended(Call call, Context context) {
    if (call.isUpgrade()) {
      connections.tunnelEnded(call.caller().request().connection());
    }
    underWay.ended(context, call);
  }

  /** The codec could not read the request. */
  public void refuseUnreadable(HttpServerRequest client) {
    RefusedException refusal = UnreadableHead.refusal(client.decoderResult().cause());
    if (refusal == null) {
      return;
    }
    ClientConnection connection = connections.of(client.connection());
    if (!connection.closing()) {
      open(client, connection).refuse(refusal.closing());
    }
  }

  /** A client has connected. */
  public void connected(HttpConnection http) {
    connections.connected(http).afterReading(arrivals::beginAll);
  }

  /**
   * Sends HTTP/2 clients away and ends watches. What waits for its seats may still get them, and is
   * refused shortly before the grace is over. Completes when the last request has ended and its
   * client has had time to read the response, or when the grace is over and no watch is left, which
   * would all be cut off in one turn of the event loop.
   */
  public Future<Void> finish(Duration grace) {
    long millis = grace.toMillis();
    long over = System.nanoTime() + grace.toNanos();
    connections.sendAway();
    lastWatches.endWithin(millis);
    long last =
        vertx.setTimer(
            Math.max(1, millis - Math.min(LAST_MILLIS, millis / 4)),
            late -> underWay.refuseWaiting());
    return underWay
        .restWithin(millis)
        .compose(ended -> lastWatches.none())
        .compose(ended -> draining.noneWithin((over - System.nanoTime()) / 1_000_000))
        .compose(
            ended -> {
              vertx.cancelTimer(last);
              return !underWay.isEmpty() || connections.isEmpty()
                  ? Future.succeededFuture()
                  : vertx.timer(ClientConnection.LINGER_MILLIS, TimeUnit.MILLISECONDS);
            })
        .mapEmpty();
  }

  /**
   * Completes when no request holds anything any more, which is some time after the last client was
   * cut off.
   */
  public Future<Void> rest() {
    return underWay.restWithin(REST_MILLIS);
  }
}
