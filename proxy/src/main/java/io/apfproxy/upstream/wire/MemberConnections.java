package io.apfproxy.upstream.wire;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import io.vertx.core.internal.ContextInternal;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
   * on each. Who is here has been let in, and has seats or a place among the watches, tunnels or long
   * requests, so there is a stream for each: the pools grow as they must, and MAX_CONNECTIONS is more
   * than all of those limits and the process's descriptors allow. What lasts and what is short have
   * connections of their own, so that neither crowds the other's, nor slows its window. A burst makes
   * one connection after the other, each as full as the upstream allows: StreamOpener.
   *
   * The kernel of the upstream answers a connect, however busy either side is, so that is given 5 s;
   * the handshake needs a processor on both sides, so that is given 10. Nobody waits for anything
   * else: STREAM_TIMEOUT, both together, only ends what our own delay would draw out. Seats that are
   * held meanwhile are missed by nobody, as there is no way for others either.
   *
   * kube-apiserver ends an HTTP/2 connection after each answer to an anonymous request, whatever else
   * it carries (UnauthenticatedHTTP2DOSMitigation). Those requests have HTTP/1.1 connections of their
   * own, which it keeps; so a flood of strangers costs nobody else a connection.
   */
  private static final int MAX_CONNECTIONS = 1 << 15; // squared it must fit into an int
  private static final int MAX_WAITING = 4096;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int STREAM_TIMEOUT_MILLIS = 15_000;
  private static final int PING_MILLIS = 4_000;
  private static final int PROBE_MILLIS = 9_000;
  private static final int MAX_HEADER_BYTES = 1 << 20;

  /** How much of a response comes before anybody reads it. */
  public static final int STREAM_WINDOW = 256 << 10;

  private static final int CONNECTION_WINDOW = 32 << 20;
  private static final int IDLE_SECONDS = 60;

  private final Vertx vertx;
  private final Supplier<UpstreamConfig> source;
  private final Reporter events;
  private final boolean tls;
  private final SocketAddress address;
  private final HostAndPort authority;
  private final String pathPrefix;
  private final UpstreamEngine engine = new UpstreamEngine();
  private UpstreamConfig config;

  /** Requests that may share connections. */
  private record Lane(Credential credential, boolean anonymous, boolean lasting) {}

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
  public Upstream(Vertx vertx, Supplier<UpstreamConfig> source, Reporter events) {
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
  public HostAndPort authority(Outgoing request) {
    String asked = request.clientAuthority();
    if (!request.redirectsAnywhere() || asked == null || !pathPrefix.isEmpty()) {
      return authority;
    }
    HostAndPort client = HostAndPort.parseAuthority(asked, -1);
    return client == null ? authority : client;
  }

  /** Its URL as configured. */
  public URI server() {
    return config.server();
  }

  /** The target at this upstream: its path prefix, then the client's bytes. */
  public String target(Outgoing request) {
    return pathPrefix.isEmpty() ? request.target() : pathPrefix + request.target();
  }

  /** A stream or connection to send the request on. Fails only if certainly nothing was sent. */
  public Future<HttpClientRequest> open(Outgoing request) {
    renew();
    return open(
            new Lane(request.credential(), request.isAnonymous(), request.longRunning()),
            HttpMethod.valueOf(request.method()),
            target(request))
        .map(stream -> stream.authority(authority(request)));
  }

  private Future<HttpClientRequest> open(Lane lane, HttpMethod method, String target) {
    RequestOptions options =
        new RequestOptions()
            .setServer(address)
            .setHost(tlsName())
            .setPort(address.port())
            .setSsl(tls)
            .setMethod(method)
            .setURI(target)
            .setFollowRedirects(false)
            .setConnectTimeout(STREAM_TIMEOUT_MILLIS);
    ContextInternal own = (ContextInternal) vertx.getOrCreateContext();
    Promise<HttpClientRequest> opened = own.promise();
    opener(lane)
        .open(() -> on(own, () -> engine.connect(() -> client(lane).request(options))))
        .onComplete(opened);
    return opened.future();
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
   * Whether a request would find its way now: fails if one with any of the certificates there are
   * gets no stream within some seconds, or one on a connection that does not answer a PING. Sends
   * no request. Call on the event loop.
   */
  public Future<Void> probe() {
    renew();
    Set<Lane> lanes = new HashSet<>();
    for (Credential credential : Credential.values()) {
      if (credential == Credential.NONE || UpstreamTls.presents(config, credential)) {
        lanes.add(new Lane(credential, false, false));
      }
    }
    clients.keySet().stream().filter(lane -> !lane.anonymous()).forEach(lanes::add);
    return Future.join(lanes.stream().map(this::probe).toList()).mapEmpty();
  }

  private Future<Void> probe(Lane lane) {
    return open(lane, HttpMethod.GET, "/version")
        .compose(
            unsent -> {
              HttpConnection connection = unsent.connection();
              unsent.exceptionHandler(reset -> {});
              unsent.reset(ErrorCodes.CANCEL);
              return connection.protocolVersion() == HttpVersion.HTTP_2
                  ? Liveness.ask(connection, PING_MILLIS)
                  : Future.<Void>succeededFuture();
            })
        .timeout(
            PROBE_MILLIS, TimeUnit.MILLISECONDS); // a stream that comes later is still given back
  }

  /** A connection of its own for an upgrade: HTTP/1.1, nothing sent yet. */
  public Future<NetSocket> dial(Credential credential) {
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
    NetClient dialer =
        dialers.computeIfAbsent(
            credential,
            any ->
                vertx.createNetClient(
                    TcpProbes.toUpstream(new NetClientOptions())
                        .setSslEngineOptions(TlsEngine.options(engine))));
    return engine.connect(() -> dialer.connect(options)).onSuccess(Liveness::ofUpstream);
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
    TcpProbes.toUpstream(options);
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(MAX_CONNECTIONS)
            .setHttp2MaxSize(MAX_CONNECTIONS)
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
      builder = builder.with(options).with(tls(lane)).with(TlsEngine.options(engine));
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
    Liveness.ofUpstream(connection);
    if (http2) {
      NettyHttp2.forgetHeaders(connection);
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
  public Runnable reset(HttpClientRequest request, Runnable reset) {
    StreamResets connection = resets.get(request.connection());
    if (connection == null) {
      reset.run();
      return () -> {};
    }
    ContextInternal own = (ContextInternal) vertx.getOrCreateContext();
    return connection.reset(() -> own.dispatch(reset)); // it may wait for another request's turn
  }

  /** Whether not even the head of a request was sent: a stream of HTTP/2 has no number before. */
  public boolean knowsNothingOf(HttpClientRequest request) {
    return request.connection().protocolVersion() == HttpVersion.HTTP_2 && request.streamId() < 0;
  }

  /** Whether the upstream said that it went away before it looked at this request. */
  public boolean wentAwayBefore(HttpClientRequest request) {
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
