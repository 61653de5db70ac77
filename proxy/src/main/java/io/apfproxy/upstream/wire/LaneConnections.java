package io.apfproxy.upstream.wire;

import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connections that the requests of one lane share. Belongs to one event loop. */
final class LaneConnections {
  /*
   * The library opens one connection by default and lets everything else wait, and kube-apiserver
   * allows about 100 streams on each. Who is here has been let in, and has seats or a place among the
   * watches, tunnels or long requests, so there is a stream for each: of connections there are as
   * many as they need (StreamPool). A burst makes one after the other, each as full as the upstream
   * allows (StreamOpener).
   */
  private static final int MAX_HEADER_BYTES = 1 << 20;
  static final int CONNECTION_WINDOW = 32 << 20;
  private static final int IDLE_SECONDS = 60;

  private final Vertx vertx;
  private final Lane lane;
  private final NamedAddress where;
  private final ConnectAttempts attempts;
  private final Supplier<HttpConnectOptions> options;
  private final Consumer<HttpConnection> connected;
  private final ContextInternal loop;
  private final StreamOpener opener;
  private final StreamPool pool;
  private final HttpClientAgent client;
  private int generation;
  private boolean serving;

  /**
   * @param where looked at for each request
   * @param options of a connection, without the address; asked for each
   * @param connected told of each new connection
   */
  LaneConnections(
      Vertx vertx,
      Lane lane,
      NamedAddress where,
      @Nullable UpstreamConfig tls,
      ConnectAttempts attempts,
      Supplier<HttpConnectOptions> options,
      Consumer<HttpConnection> connected) {
    this.vertx = vertx;
    this.lane = lane;
    this.where = where;
    this.attempts = attempts;
    this.options = options;
    this.connected = connected;
    this.loop = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
    this.opener = new StreamOpener(vertx, MemberConnections.STREAM_TIMEOUT_MILLIS);
    opener.parallel(lane.anonymous());
    this.pool =
        new StreamPool(
            TimeSource.system(),
            (nanos, action) ->
                vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos), due -> action.run()),
            IDLE_SECONDS,
            this::hasRoom);
    this.client = client(vertx, tls).build();
  }

  private HttpClientBuilder client(Vertx vertx, @Nullable UpstreamConfig tls) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(MemberConnections.CONNECT_TIMEOUT_MILLIS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setHttp2KeepAliveTimeout(IDLE_SECONDS)
            .setHttp2ClearTextUpgrade(false)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setInitialWindowSize(Member.STREAM_WINDOW)
                    .setMaxHeaderListSize(MAX_HEADER_BYTES))
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(8 << 10)
            .setMaxChunkSize(64 << 10);
    TcpProbes.toUpstream(options);
    HttpClientBuilder builder = vertx.httpClientBuilder();
    if (tls == null) {
      return builder.with(options);
    }
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(lane.versions())
        .setProtocolVersion(lane.versions().get(0))
        .setVerifyHost(!tls.insecureSkipTlsVerify());
    return builder.with(options).with(options(tls)).with(TlsEngine.options(attempts.engine()));
  }

  private ClientSSLOptions options(UpstreamConfig tls) {
    return UpstreamTls.options(
        tls, lane.credential(), lane.versions().stream().map(HttpVersion::alpnName).toList());
  }

  /**
   * A stream or connection for one request.
   *
   * @param own where its handlers are to run
   * @param wanted whether somebody still waits for it
   */
  Future<HttpClientRequest> open(ContextInternal own, RequestLine line, BooleanSupplier wanted) {
    PooledConnection standing = opener.isFree() ? standing() : null;
    if (standing != null) {
      return standing.open(own, line);
    }
    Promise<HttpClientRequest> opened = own.promise();
    opener
        .open(() -> where.find().compose(at -> attempt(own, line, at)), wanted)
        .onComplete(opened);
    return opened.future();
  }

  private @Nullable PooledConnection standing() {
    Future<SocketAddress> at = where.find();
    return at.succeeded() ? pool.take(at.result()) : null;
  }

  /** Whoever waits is not to have it in the middle of another one's end. */
  private void hasRoom() {
    if (!serving && !opener.isFree()) {
      serving = true;
      loop.runOnContext(
          turn -> {
            serving = false;
            Future<SocketAddress> at = where.find();
            opener.serve(() -> at.succeeded() && pool.hasRoom(at.result()));
          });
    }
  }

  private Future<HttpClientRequest> attempt(
      ContextInternal own, RequestLine line, SocketAddress at) {
    PooledConnection standing = pool.take(at);
    return standing != null
        ? standing.open(own, line)
        : attempts.make(() -> inTime(connect(at).compose(made -> made.open(own, line))));
  }

  /** A new one, with a place that is taken. */
  private Future<PooledConnection> connect(SocketAddress at) {
    int made = generation;
    return onLoop(() -> client.connect(options.get().setServer(at)))
        .map(
            connection -> {
              HttpClientConnection actual = ((UnpooledHttpClientConnection) connection).unwrap();
              if (actual.concurrency() < 1) { // as long as nobody knows, and the next one may do
                var unused = actual.close();
                throw new IllegalStateException(
                    "a new connection to the upstream takes no request");
              }
              boolean http2 = actual.protocolVersion() == HttpVersion.HTTP_2;
              opener.parallel(!http2);
              if (http2) { // the library does so for those of its own pool only
                actual.setWindowSize(CONNECTION_WINDOW);
              }
              PooledConnection pooled = pool.add(actual, at, made != generation);
              connected.accept(actual);
              return pooled;
            });
  }

  /** Whoever's turn it is, a connection is not his: what is thrown there is no request's. */
  private <T> Future<T> onLoop(Supplier<Future<T>> step) {
    ContextInternal others = loop.beginDispatch();
    try {
      return step.get();
    } finally {
      loop.endDispatch(others);
    }
  }

  private Future<HttpClientRequest> inTime(Future<HttpClientRequest> opening) {
    return opening.isComplete()
        ? opening
        : Patience.limit(
            vertx,
            MemberConnections.STREAM_TIMEOUT_MILLIS,
            opening,
            late -> {
              late.exceptionHandler(reset -> {});
              late.reset(ErrorCodes.CANCEL);
            });
  }

  /** There are other certificates: no new request goes to a connection made with others. */
  void renew(UpstreamConfig tls) {
    generation++;
    pool.retire();
    var unused = client.updateSSLOptions(options(tls));
  }

  Future<Void> close() {
    return Future.join(pool.close(), client.close()).mapEmpty();
  }
}
