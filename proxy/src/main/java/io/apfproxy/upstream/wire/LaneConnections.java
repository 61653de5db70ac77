package io.apfproxy.upstream.wire;

import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connections that the requests of one lane share. Belongs to one event loop. */
final class LaneConnections {
  /*
   * The library opens one connection by default and lets everything else wait, and kube-apiserver
   * allows about 100 streams on each. Who is here has been let in, and has seats or a place among the
   * watches, tunnels or long requests, so there is a stream for each: the pools grow as they must,
   * and MAX_CONNECTIONS is more than all of those limits and the process's descriptors allow. A burst
   * makes one connection after the other, each as full as the upstream allows: StreamOpener. So
   * nobody waits in the library's own queue.
   */
  private static final int MAX_CONNECTIONS = 1 << 15; // squared it must fit into an int
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW = 32 << 20;
  private static final int IDLE_SECONDS = 60;

  /*
   * The library's own limit for a stream is a timer that nobody cancels when the stream is there: up
   * to its end it holds the request with all that belongs to it.
   */
  private static final int UNLIMITED = 0;

  private final Vertx vertx;
  private final Lane lane;
  private final NamedAddress where;
  private final ConnectAttempts attempts;
  private final StreamOpener opener;
  private final HttpClientAgent client;

  /**
   * @param where looked at for each request
   * @param connected told of each new connection
   */
  LaneConnections(
      Vertx vertx,
      Lane lane,
      NamedAddress where,
      @Nullable UpstreamConfig tls,
      ConnectAttempts attempts,
      Consumer<HttpConnection> connected) {
    this.vertx = vertx;
    this.lane = lane;
    this.where = where;
    this.attempts = attempts;
    this.opener = new StreamOpener(vertx, MemberConnections.STREAM_TIMEOUT_MILLIS);
    opener.parallel(lane.anonymous());
    this.client =
        client(vertx, tls)
            .withConnectHandler(
                connection -> {
                  opener.parallel(connection.protocolVersion() != HttpVersion.HTTP_2);
                  connected.accept(connection);
                })
            .build();
  }

  private HttpClientBuilder client(Vertx vertx, @Nullable UpstreamConfig tls) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(MemberConnections.CONNECT_TIMEOUT_MILLIS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setHttp2KeepAliveTimeout(IDLE_SECONDS)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setInitialWindowSize(Member.STREAM_WINDOW)
                    .setMaxHeaderListSize(MAX_HEADER_BYTES))
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(8 << 10)
            .setMaxChunkSize(64 << 10);
    TcpProbes.toUpstream(options);
    HttpClientBuilder builder =
        vertx
            .httpClientBuilder()
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(MAX_CONNECTIONS)
                    .setHttp2MaxSize(MAX_CONNECTIONS));
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
   * @param request of this request alone; is told the server
   * @param wanted whether somebody still waits for it
   */
  Future<HttpClientRequest> open(
      ContextInternal own, RequestOptions request, BooleanSupplier wanted) {
    Promise<HttpClientRequest> opened = own.promise();
    opener
        .open(() -> where.find().compose(at -> on(own, () -> connect(request, at))), wanted)
        .onComplete(opened);
    return opened.future();
  }

  private Future<HttpClientRequest> connect(RequestOptions request, SocketAddress at) {
    request.setServer(at).setConnectTimeout(UNLIMITED);
    return attempts.make(() -> inTime(client.request(request)));
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

  /**
   * Asks for a stream on the context of its request, whoever's turn it is: its handlers run there,
   * and what they throw is that request's.
   */
  private static Future<HttpClientRequest> on(
      ContextInternal own, Supplier<Future<HttpClientRequest>> opening) {
    ContextInternal others = own.beginDispatch();
    try {
      return opening.get();
    } finally {
      own.endDispatch(others);
    }
  }

  /**
   * There are other certificates. The library pools connections by their TLS options: no new
   * request goes to a connection made with others, which ends when its last stream has.
   */
  void renew(UpstreamConfig tls) {
    var unused = client.updateSSLOptions(options(tls));
  }

  Future<Void> close() {
    return client.close();
  }
}
