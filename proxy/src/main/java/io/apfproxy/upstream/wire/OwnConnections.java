package io.apfproxy.upstream.wire;

import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one kube-apiserver for short questions of the proxy's own, with its own
 * certificate if it has one: one at a time, apart from all that clients use. Belongs to the event
 * loop it was made on.
 */
public final class OwnConnections {
  /*
   * No pool: a question that waits for another one's connection would say nothing. One that is not
   * answered on a connection may still be, so that is left to end by itself for a while.
   */
  private static final int CONNECT_MILLIS = 2_000;
  private static final long RETIRED_SECONDS = 5;
  private static final List<HttpVersion> VERSIONS =
      List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);

  private final Supplier<UpstreamConfig> source;
  private final Endpoint endpoint;
  private final NamedAddress where;
  private final ConnectAttempts attempts;
  private final HttpClientAgent client;
  private UpstreamConfig config;
  private @Nullable Future<HttpClientConnection> current;
  private long generation;

  /**
   * Connects lazily.
   *
   * @param source asked again before each question; only certificates and the name they must have
   *     may change
   */
  public OwnConnections(Vertx vertx, Supplier<UpstreamConfig> source) {
    this.source = source;
    this.config = source.get();
    this.endpoint = new Endpoint(config.server());
    this.where = NamedAddress.of(vertx, endpoint.address());
    this.attempts = new ConnectAttempts(vertx, TimeSource.system());
    this.client = client(vertx);
  }

  private HttpClientAgent client(Vertx vertx) {
    HttpClientOptions options =
        TcpProbes.toUpstream(
            new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setHttp2ClearTextUpgrade(false)
                .setInitialSettings(new Http2Settings().setPushEnabled(false)));
    HttpClientBuilder builder = vertx.httpClientBuilder();
    if (!endpoint.tls()) {
      return builder.with(options).build();
    }
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(VERSIONS)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setVerifyHost(!config.insecureSkipTlsVerify());
    return builder.with(options).with(tls()).with(TlsEngine.options(attempts.engine())).build();
  }

  private ClientSSLOptions tls() {
    return UpstreamTls.options(
        config, Credential.OWN, VERSIONS.stream().map(HttpVersion::alpnName).toList());
  }

  /**
   * A GET on the present connection, or on a new one.
   *
   * @param path below the upstream's URL
   */
  public Future<HttpClientRequest> get(String path) {
    look();
    Future<HttpClientConnection> on = current;
    if (on == null) {
      on = connect();
    }
    RequestOptions options =
        new RequestOptions().setMethod(HttpMethod.GET).setURI(endpoint.below(path));
    return on.compose(connection -> connection.request(options))
        .map(
            request -> {
              request.exceptionHandler(told -> {}); // whoever asks is told by the future
              return request.authority(endpoint.authority());
            });
  }

  /** Looks whether there are new certificates. */
  private void look() {
    UpstreamConfig now = source.get();
    if (!now.equals(config)) {
      config = now;
      retire(generation);
    }
  }

  private Future<HttpClientConnection> connect() {
    long made = ++generation;
    Future<HttpClientConnection> connecting =
        where.find().compose(at -> attempts.make(() -> client.connect(options(at))));
    current = connecting;
    connecting.onFailure(none -> forget(made));
    connecting.onSuccess(
        connection -> {
          Liveness.ofUpstream(connection);
          connection.closeHandler(gone -> forget(made));
          if (made != generation || current == null) {
            end(connection);
          }
        });
    return connecting;
  }

  private HttpConnectOptions options(SocketAddress at) {
    String name = config.tlsServerName();
    HttpConnectOptions options =
        new HttpConnectOptions()
            .setServer(at)
            .setHost(name == null ? endpoint.address().host() : name)
            .setPort(endpoint.address().port())
            .setSsl(endpoint.tls())
            .setConnectTimeout(CONNECT_MILLIS);
    return endpoint.tls() ? options.setSslOptions(tls()) : options;
  }

  private void forget(long made) {
    if (made == generation) {
      current = null;
    }
  }

  /** Names the connection that the next question goes over, for {@link #retire}. */
  public long generation() {
    return current == null ? generation + 1 : generation;
  }

  /**
   * The next question goes over another connection than this one, on which one was not answered.
   * Harmless when repeated.
   */
  public void retire(long which) {
    Future<HttpClientConnection> old = current;
    if (old != null && which == generation) {
      current = null;
      if (old.succeeded()) {
        end(old.result());
      }
    }
  }

  private static void end(HttpClientConnection connection) {
    var unused = connection.shutdown(RETIRED_SECONDS, TimeUnit.SECONDS);
  }

  /** Closes every connection. */
  public Future<Void> close() {
    return client.close();
  }
}
