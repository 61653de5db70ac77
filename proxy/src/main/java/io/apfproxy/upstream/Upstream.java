package io.apfproxy.upstream;

import io.apfproxy.upstream.ProxyEvents.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The connections of one event loop to one kube-apiserver. Belongs to the event loop it was made
 * on; nothing in a request decides where it connects to.
 */
public final class Upstream {
  /*
   * HTTP/2 where offered: an idle watch then costs a stream, not a connection. The library opens one
   * connection by default and lets everything else wait, and kube-apiserver allows about 100 streams
   * on each, hence MAX_HTTP2_CONNECTIONS. A request that has seats must not wait for a connection,
   * so the pools are larger than any seat total; what still waits gives up after STREAM_TIMEOUT. A
   * burst makes one connection after the other, each as full as the upstream allows: StreamOpener.
   *
   * kube-apiserver ends an HTTP/2 connection after each answer to an anonymous request, whatever else
   * it carries (UnauthenticatedHTTP2DOSMitigation). Those requests have HTTP/1.1 connections of their
   * own, which it keeps; so a flood of strangers costs nobody else a connection.
   */
  private static final int MAX_HTTP2_CONNECTIONS = 64;
  private static final int MAX_HTTP1_CONNECTIONS = 4096;
  private static final int MAX_WAITING = 4096;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int STREAM_TIMEOUT_MILLIS = 15_000;
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final int STREAM_WINDOW = 256 << 10;
  private static final int CONNECTION_WINDOW = 32 << 20;
  private static final int IDLE_SECONDS = 60;

  private final Vertx vertx;
  private final Supplier<UpstreamConfig> source;
  private final ProxyEvents events;
  private final boolean tls;
  private final SocketAddress address;
  private final HostAndPort authority;
  private final String pathPrefix;
  private UpstreamConfig config;

  /** Requests that may share connections. */
  private record Lane(Credential credential, boolean anonymous) {}

  private final Map<Lane, HttpClientAgent> clients = new HashMap<>();
  private final Map<Lane, StreamOpener> openers = new HashMap<>();

  private final Map<HttpConnection, StreamResets> resets = new HashMap<>();
  private final Map<Credential, NetClient> dialers = new EnumMap<>(Credential.class);

  /**
   * Connects lazily; call on the event loop that will use it.
   *
   * @param source asked again before each request; what changes is for new connections. Only
   *     certificates and the authority may
   */
  public Upstream(Vertx vertx, Supplier<UpstreamConfig> source, ProxyEvents events) {
    this.vertx = vertx;
    this.source = source;
    this.config = source.get();
    this.events = events;
    this.tls = !"http".equalsIgnoreCase(config.server().getScheme());
    String host = config.server().getHost(); // an IPv6 address in brackets
    int port = config.server().getPort();
    if (port < 0) {
      port = tls ? 443 : 80;
    }
    this.address = SocketAddress.inetSocketAddress(port, host);
    this.authority = HostAndPort.create(host, port);
    String path = config.server().getRawPath();
    this.pathPrefix = path == null ? "" : path.replaceAll("/+$", "");
  }

  /**
   * Value of {@code Host} at this upstream. Behind the subresource {@code proxy} it is the
   * client's: the server passes it to the back end, which compares origins and makes links with it.
   * An upstream below a path is shared by its host's name, so there it stays the upstream's.
   */
  HostAndPort authority(Outgoing request) {
    String asked = request.clientAuthority();
    if (!request.redirectsAnywhere() || asked == null || !pathPrefix.isEmpty()) {
      return authority;
    }
    HostAndPort client = HostAndPort.parseAuthority(asked, -1);
    return client == null ? authority : client;
  }

  /** Its URL as configured. */
  URI server() {
    return config.server();
  }

  /** The target at this upstream: its path prefix, then the client's bytes. */
  String target(Outgoing request) {
    return pathPrefix.isEmpty() ? request.target() : pathPrefix + request.target();
  }

  /** A stream or connection to send the request on. Fails only if certainly nothing was sent. */
  Future<HttpClientRequest> open(Outgoing request) {
    RequestOptions options =
        new RequestOptions()
            .setServer(address)
            .setHost(tlsName())
            .setPort(address.port())
            .setSsl(tls)
            .setMethod(HttpMethod.valueOf(request.method()))
            .setURI(target(request))
            .setFollowRedirects(false)
            .setConnectTimeout(STREAM_TIMEOUT_MILLIS);
    renew();
    Lane lane = new Lane(request.credential(), request.isAnonymous());
    return opener(lane)
        .open(() -> client(lane).request(options))
        .map(stream -> stream.authority(authority(request)));
  }

  /** A connection of its own for an upgrade: HTTP/1.1, nothing sent yet. */
  Future<NetSocket> dial(Credential credential) {
    ConnectOptions options =
        new ConnectOptions()
            .setRemoteAddress(address)
            .setHost(tlsName())
            .setPort(address.port())
            .setSsl(tls)
            .setTimeout(CONNECT_TIMEOUT_MILLIS);
    renew();
    if (tls) {
      options.setSslOptions(UpstreamTls.options(config, credential, List.of("http/1.1")));
    }
    return dialers
        .computeIfAbsent(
            credential,
            any ->
                vertx.createNetClient(
                    new NetClientOptions()
                        .setTcpKeepAlive(true)
                        .setSslEngineOptions(TlsEngine.options())))
        .connect(options);
  }

  /**
   * Looks whether there are new certificates. The library pools connections by their TLS options:
   * no new request goes to a connection made with others, which ends when its last stream has.
   */
  private void renew() {
    UpstreamConfig now = source.get();
    if (!now.equals(config)) {
      config = now;
      if (tls) {
        clients.forEach(
            (lane, client) -> {
              var unused = client.updateSSLOptions(tls(lane));
            });
      }
    }
  }

  private ClientSSLOptions tls(Lane lane) {
    return UpstreamTls.options(
        config,
        lane.credential(),
        lane.anonymous() ? List.of("http/1.1") : List.of("h2", "http/1.1"));
  }

  private String tlsName() {
    String name = config.tlsServerName();
    return name == null ? address.host() : name;
  }

  private HttpClientAgent client(Lane lane) {
    return clients.computeIfAbsent(lane, this::newClient);
  }

  private StreamOpener opener(Lane lane) {
    return openers.computeIfAbsent(
        lane,
        first -> {
          StreamOpener opener = new StreamOpener(vertx, MAX_WAITING, STREAM_TIMEOUT_MILLIS);
          opener.parallel(first.anonymous());
          return opener;
        });
  }

  private HttpClientAgent newClient(Lane lane) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
            .setTcpKeepAlive(true)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setHttp2KeepAliveTimeout(IDLE_SECONDS)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setInitialWindowSize(STREAM_WINDOW)
                    .setMaxHeaderListSize(MAX_HEADER_BYTES))
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(8 << 10)
            .setMaxChunkSize(64 << 10);
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(MAX_HTTP1_CONNECTIONS)
            .setHttp2MaxSize(MAX_HTTP2_CONNECTIONS)
            .setMaxWaitQueueSize(MAX_WAITING);
    var builder = vertx.httpClientBuilder();
    if (tls) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setAlpnVersions(
              lane.anonymous()
                  ? List.of(HttpVersion.HTTP_1_1)
                  : List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
          .setProtocolVersion(lane.anonymous() ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_2)
          .setVerifyHost(!config.insecureSkipTlsVerify());
      builder = builder.with(options).with(tls(lane)).with(TlsEngine.options());
    } else {
      builder = builder.with(options);
    }
    return builder
        .with(pool)
        .withConnectHandler(connection -> connected(connection, opener(lane)))
        .build();
  }

  private void connected(HttpConnection connection, StreamOpener opener) {
    boolean http2 = connection.protocolVersion() == HttpVersion.HTTP_2;
    events.held(Held.UPSTREAM_CONNECTION, 1);
    connection.closeHandler(
        gone -> {
          events.held(Held.UPSTREAM_CONNECTION, -1);
          resets.remove(connection);
        });
    opener.parallel(!http2);
    StreamWritability.watch(connection);
    if (http2) {
      resets.put(
          connection,
          new StreamResets(
              System::nanoTime,
              (nanos, action) ->
                  vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, due -> action.run()),
              unfinished -> NettyHttp2.withhold(connection, unfinished)));
    }
  }

  /**
   * Resets a request's stream as soon as its connection bears that; one of HTTP/1.1 is closed at
   * once.
   *
   * @return to be called if the stream ends otherwise
   */
  Runnable reset(HttpClientRequest request, Runnable reset) {
    StreamResets connection = resets.get(request.connection());
    if (connection == null) {
      reset.run();
      return () -> {};
    }
    return connection.reset(reset);
  }

  /** Whether the upstream said that it went away before it looked at this request. */
  boolean wentAwayBefore(HttpClientRequest request) {
    return NettyHttp2.wentAwayBefore(request.connection(), request.streamId());
  }

  /** Closes every connection. */
  public Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    clients.values().forEach(client -> closing.add(client.close()));
    dialers.values().forEach(dialer -> closing.add(dialer.close()));
    return Future.join(closing).mapEmpty();
  }
}
