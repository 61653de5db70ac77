package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.request.AddressBlock;
import io.apfproxy.server.listen.Clientele;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.CrossOrigin;
import io.apfproxy.server.listen.LongRequestLimits;
import io.apfproxy.server.listen.OwnAnswers;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.tls.PemKeyPair;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Says to the listener what was asked for on the command line. */
final class ListenerSettings {
  /*
   * With eight handshakes at a time in the administrators' lane, eight connections that say nothing
   * would let all others wait. So each begins at once, as one event loop takes one step after the
   * other anyway, and who has proved nothing gives way to who comes: it takes 64 new ones in the time
   * of a handshake to keep one out.
   */
  private static final int HEADS_SHARE = 3;
  private static final int PARTIAL_HEADS_SHARE = 10;
  private static final int UNREAD_SHARE = 6;

  /** Half of what may be unread: who has got room must not cut others off. */
  private static final int BUFFER_SHARE = 2 * UNREAD_SHARE;

  private static final long MOST_BODY_BYTES = 256L << 20;

  private static final int LANE_CONNECTIONS = 64;
  private static final int LANE_CONNECTIONS_OF_ADDRESS = 8;

  /** Strangers must not stand in the way of the few for longer. */
  private static final Duration LANE_HANDSHAKE_TIME = Duration.ofSeconds(3);

  private static final int LANE_WATCHES = 256;
  private static final LongRequestLimits LANE_LONG_ONES =
      new LongRequestLimits(16, 0, 256, 0, 16 << 20);
  private static final long LANE_BYTES = 16 << 20;

  private ListenerSettings() {}

  static ServerConfig of(ProxyOptions options, PemKeyPair certificate) {
    ProxyOptions.Listener listener = options.listener();
    return new ServerConfig(
        listener.bindAddress(),
        listener.securePort(),
        listener.eventLoops(),
        certificate,
        options.upstream().requestTimeout(),
        listener.goAwayChance(),
        connections(options.limits()),
        requests(options.limits()),
        ServerConfig.TlsEngine.valueOf(listener.tlsEngine().name()),
        answers(options, new CrossOrigin(listener.corsAllowedOrigins())),
        Clientele.EVERYBODY);
  }

  /**
   * Those of the administrators' lane. The JDK makes its connections: it asks for every kind of
   * certificate at the first attempt, and there are few. Source: specification limits.md L-82, but
   * for its limit of handshakes.
   */
  static ServerConfig of(
      ProxyOptions options,
      ProxyOptions.BreakGlass lane,
      PemKeyPair certificate,
      Clientele clientele) {
    return new ServerConfig(
        lane.bindAddress(),
        lane.port(),
        1,
        certificate,
        options.upstream().requestTimeout(),
        0,
        new ConnectionLimits(
            LANE_CONNECTIONS,
            LANE_CONNECTIONS_OF_ADDRESS,
            0,
            0,
            address -> false,
            true,
            LANE_HANDSHAKE_TIME),
        new RequestLimits(
            LANE_WATCHES,
            0,
            0,
            LANE_BYTES,
            LANE_BYTES,
            LANE_BYTES,
            LANE_BYTES,
            0,
            0,
            LANE_LONG_ONES),
        ServerConfig.TlsEngine.JDK,
        answers(options, CrossOrigin.NONE),
        clientele);
  }

  /** Those of a listener that only the proxy itself knows of. */
  static ServerConfig warmUp(
      ProxyOptions options, PemKeyPair certificate, ServerConfig.TlsEngine engine) {
    return new ServerConfig(
        "127.0.0.1",
        0,
        1,
        certificate,
        options.upstream().requestTimeout(),
        0,
        connections(options.limits()),
        requests(options.limits()),
        engine,
        answers(options, CrossOrigin.NONE),
        Clientele.EVERYBODY);
  }

  private static OwnAnswers answers(ProxyOptions options, CrossOrigin crossOrigin) {
    ProxyOptions.FlowControlling flowControl = options.flowControl();
    return new OwnAnswers(flowControl.exposeHeaders(), flowControl.plainRefusals(), crossOrigin);
  }

  private static ConnectionLimits connections(ProxyOptions.Limits limits) {
    return new ConnectionLimits(
        limits.connections(),
        limits.connectionsPerAddress(),
        limits.newConnectionsPerAddress(),
        limits.handshakes(),
        unlimited(limits));
  }

  /** Addresses that the limits per address do not hold for. */
  static Predicate<InetAddress> unlimited(ProxyOptions.Limits limits) {
    return address -> limits.unlimited().stream().anyMatch(block -> block.contains(address));
  }

  /** Whether an address, which is no name, is one of a proxy that is believed. */
  static Predicate<String> trustedProxies(ProxyOptions options) {
    List<AddressBlock> trusted = options.listener().trustedProxies();
    return address -> {
      byte[] bytes = trusted.isEmpty() ? null : NetUtil.createByteArrayFromIpAddressString(address);
      return bytes != null && trusted.stream().anyMatch(block -> block.contains(of(bytes)));
    };
  }

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static RequestLimits requests(ProxyOptions.Limits limits) {
    return new RequestLimits(
        limits.watches(),
        limits.watchesPerUser(),
        limits.watchStartsPerUser(),
        Runtime.getRuntime().maxMemory() / HEADS_SHARE,
        MOST_BODY_BYTES,
        Runtime.getRuntime().maxMemory() / PARTIAL_HEADS_SHARE,
        Runtime.getRuntime().maxMemory() / UNREAD_SHARE,
        limits.responseBuffer(),
        limits.responseBuffer() == 0 ? 0 : Runtime.getRuntime().maxMemory() / BUFFER_SHARE,
        LongRequestLimits.of(Runtime.getRuntime().maxMemory()));
  }
}
