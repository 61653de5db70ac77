package io.apfproxy.upstream.wire;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The connections of one event loop to one kube-apiserver. Belongs to the event loop it was made
 * on.
 */
public final class MemberConnections implements Member {
  /*
   * The kernel of the upstream answers a connect, however busy either side is, so that is given 5 s;
   * the handshake needs a processor on both sides, so that is given 10. Nobody waits for anything
   * else: STREAM_TIMEOUT, both together, only ends what our own delay would draw out. Seats that are
   * held meanwhile are missed by nobody, as there is no way for others either.
   */
  static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  static final int STREAM_TIMEOUT_MILLIS = 15_000;
  private static final int PING_MILLIS = 4_000;
  private static final int PROBE_MILLIS = 9_000;

  private final Vertx vertx;
  private final Supplier<UpstreamConfig> source;
  private final Reporter events;
  private final Endpoint endpoint;
  private final NamedAddress where;
  private final ConnectAttempts attempts;
  private final PacedResets resets;
  private final Map<Lane, LaneConnections> lanes = new HashMap<>();
  private final Map<Credential, NetClient> dialers = new EnumMap<>(Credential.class);
  private UpstreamConfig config;

  /**
   * Connects lazily; call on the event loop that will use it.
   *
   * @param source asked again before each request; what changes is for new connections. Only
   *     certificates and the name they must have may
   */
  public MemberConnections(Vertx vertx, Supplier<UpstreamConfig> source, Reporter events) {
    this.vertx = vertx;
    this.source = source;
    this.events = events;
    this.attempts = new ConnectAttempts(vertx, TimeSource.system());
    this.resets = new PacedResets(vertx);
    this.config = source.get();
    this.endpoint = new Endpoint(config.server());
    this.where = NamedAddress.of(vertx, endpoint.address());
  }

  @Override
  public URI server() {
    return endpoint.server();
  }

  @Override
  public String authority(Outgoing request) {
    return endpoint.authority(request).toString();
  }

  @Override
  public String target(Outgoing request) {
    return endpoint.target(request);
  }

  @Override
  public Future<HttpClientRequest> open(Outgoing request, BooleanSupplier wanted) {
    renew();
    return lane(Lane.of(request))
        .open(
            (ContextInternal) vertx.getOrCreateContext(),
            new RequestLine(
                HttpMethod.valueOf(request.method()),
                endpoint.target(request),
                endpoint.authority(request)),
            wanted);
  }

  private LaneConnections lane(Lane lane) {
    LaneConnections known = lanes.get(lane);
    return known != null ? known : lanes.computeIfAbsent(lane, this::connections);
  }

  private LaneConnections connections(Lane lane) {
    return new LaneConnections(
        vertx,
        lane,
        where,
        endpoint.tls() ? config : null,
        attempts,
        this::options,
        this::connected);
  }

  private HttpConnectOptions options() {
    return new HttpConnectOptions()
        .setHost(tlsName())
        .setPort(endpoint.address().port())
        .setSsl(endpoint.tls());
  }

  private void connected(HttpConnection connection) {
    events.held(Held.UPSTREAM_CONNECTION, 1);
    connection.closeHandler(
        gone -> {
          events.held(Held.UPSTREAM_CONNECTION, -1);
          resets.remove(connection);
        });
    StreamWritability.watch(connection);
    GatheredFlushes.on(connection);
    Liveness.ofUpstream(connection);
    if (connection.protocolVersion() == HttpVersion.HTTP_2) {
      NettyHttp2.forgetHeaders(connection);
      resets.add(connection);
    }
  }

  /**
   * Whether a request would find its way now: fails if one with any of the certificates there are
   * gets no stream within some seconds, or one on a connection that does not answer a PING. Sends
   * no request. Call on the event loop.
   */
  public Future<Void> probe() {
    renew();
    Set<Lane> probed = new HashSet<>();
    for (Credential credential : Credential.values()) {
      if (credential == Credential.NONE || UpstreamTls.presents(config, credential)) {
        probed.add(new Lane(credential, false, LaneKind.SMALL));
      }
    }
    lanes.keySet().stream().filter(lane -> !lane.anonymous()).forEach(probed::add);
    return Future.join(probed.stream().map(this::probe).toList()).mapEmpty();
  }

  private Future<Void> probe(Lane lane) {
    Future<Void> probed =
        lane(lane)
            .open(
                (ContextInternal) vertx.getOrCreateContext(),
                new RequestLine(HttpMethod.GET, "/version", endpoint.authority()),
                () -> true)
            .compose(
                unsent -> {
                  HttpConnection connection = unsent.connection();
                  unsent.exceptionHandler(reset -> {});
                  unsent.reset(ErrorCodes.CANCEL);
                  return connection.protocolVersion() == HttpVersion.HTTP_2
                      ? Liveness.ask(vertx, connection, PING_MILLIS)
                      : Future.<Void>succeededFuture();
                });
    return Patience.limit(vertx, PROBE_MILLIS, probed, late -> {}); // it gave its stream back
  }

  @Override
  public Future<NetSocket> dial(Credential credential) {
    renew();
    ConnectOptions options =
        new ConnectOptions()
            .setHost(tlsName())
            .setPort(endpoint.address().port())
            .setSsl(endpoint.tls())
            .setTimeout(CONNECT_TIMEOUT_MILLIS);
    if (endpoint.tls()) {
      options.setSslOptions(UpstreamTls.options(config, credential, List.of("http/1.1")));
    }
    NetClient dialer =
        dialers.computeIfAbsent(
            credential,
            any ->
                vertx.createNetClient(
                    TcpProbes.toUpstream(new NetClientOptions())
                        .setSslEngineOptions(TlsEngine.options(attempts.engine()))));
    return where
        .find()
        .compose(at -> attempts.make(() -> dialer.connect(options.setRemoteAddress(at))))
        .onSuccess(Liveness::ofUpstream);
  }

  /** Looks whether there are new certificates. */
  private void renew() {
    UpstreamConfig now = source.get();
    if (!now.equals(config)) {
      config = now;
      if (endpoint.tls()) {
        lanes.values().forEach(lane -> lane.renew(now));
      }
    }
  }

  private String tlsName() {
    String name = config.tlsServerName();
    return name == null ? endpoint.address().host() : name;
  }

  @Override
  public Runnable reset(HttpClientRequest request, Runnable reset) {
    return resets.reset(request, reset);
  }

  @Override
  public boolean wentAwayBefore(HttpClientRequest request) {
    return NettyHttp2.wentAwayBefore(request.connection(), request.streamId());
  }

  /** Closes every connection. */
  public Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    lanes.values().forEach(lane -> closing.add(lane.close()));
    dialers.values().forEach(dialer -> closing.add(dialer.close()));
    return Future.join(closing).mapEmpty();
  }
}
