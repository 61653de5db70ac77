package io.apfproxy.server;

import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.walk.Limits;
import io.apfproxy.server.walk.Services;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The listener, on as many event loops as asked for. Thread-safe. */
public final class ProxyServer {
  /** The event loops of one listener ask for a free port under one number, and share it. */
  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  private final Vertx vertx;
  private final List<EventLoopListener> listeners;
  private final Limits limits;
  private final AtomicReference<Future<Void>> stopped = new AtomicReference<>();

  private ProxyServer(Vertx vertx, List<EventLoopListener> listeners, Limits limits) {
    this.vertx = vertx;
    this.listeners = List.copyOf(listeners);
    this.limits = limits;
  }

  /** Listens; fails if the address cannot be bound or the certificate cannot be used. */
  public static Future<ProxyServer> start(Vertx vertx, ServerConfig config, Services services) {
    Limits limits =
        new Limits(
            config,
            services.rateLimits(),
            services.outage(),
            services.reporter(),
            TimeSource.system());
    List<EventLoopListener> listeners = new ArrayList<>();
    SocketAddress where =
        config.port() == 0
            ? SocketAddress.sharedRandomPort(FREE_PORTS.incrementAndGet(), config.bindAddress())
            : SocketAddress.inetSocketAddress(config.port(), config.bindAddress());
    return deploy(vertx, config, services, limits, listeners, where)
        .compose(
            first -> {
              List<Future<Void>> others = new ArrayList<>();
              for (int i = 1; i < config.eventLoops(); i++) {
                others.add(deploy(vertx, config, services, limits, listeners, where));
              }
              return Future.join(others);
            })
        .map(all -> new ProxyServer(vertx, listeners, limits))
        .recover(
            cause -> {
              List<Future<Void>> undone =
                  listeners.stream().map(listener -> listener.undeploy(vertx)).toList();
              return Future.join(undone).transform(any -> Future.failedFuture(cause));
            });
  }

  private static Future<Void> deploy(
      Vertx vertx,
      ServerConfig config,
      Services services,
      Limits limits,
      List<EventLoopListener> listeners,
      SocketAddress where) {
    EventLoopListener listener = new EventLoopListener(config, services, limits, where);
    listeners.add(listener);
    return vertx.deployVerticle(listener, new DeploymentOptions()).mapEmpty();
  }

  /** The port listened on. */
  public int port() {
    return listeners.get(0).port();
  }

  /** What clients can fill, and how full it is. */
  public List<Bound> bounds() {
    return limits.bounds();
  }

  /** Bytes of responses that wait for clients which do not read, so that their seats go back. */
  public long responseBytesBuffered() {
    return limits.responseBytesBuffered();
  }

  /**
   * Fails if requests of any event loop would not find their way to the upstream; says so within
   * some seconds. Sends none.
   */
  public Future<Void> probeUpstream() {
    return Future.join(listeners.stream().map(EventLoopListener::probeUpstream).toList())
        .mapEmpty();
  }

  /**
   * Presents another certificate to new connections; open ones stay. Fails, with the old one still
   * in use, if it cannot be used.
   */
  public Future<Void> replaceCertificate(PemKeyPair certificate) {
    return Future.join(
            listeners.stream().map(listener -> listener.replaceCertificate(certificate)).toList())
        .mapEmpty();
  }

  /** From now on new requests are refused with 429 and {@code Retry-After}; others go on. */
  public void drain() {
    limits.drain();
  }

  /**
   * Refuses new requests, tells HTTP/2 clients, ends watches, and waits for requests and tunnels;
   * then stops listening. Only the first call counts; all give the same end.
   *
   * @param grace after it what is still open is cut
   */
  public Future<Void> shutdown(Duration grace) {
    limits.drain();
    Promise<Void> end = Promise.promise();
    Future<Void> earlier = stopped.compareAndExchange(null, end.future());
    if (earlier != null) {
      return earlier;
    }
    Future.join(listeners.stream().map(listener -> listener.shutdown(grace)).toList())
        .transform(
            any ->
                Future.join(listeners.stream().map(listener -> listener.undeploy(vertx)).toList()))
        .<Void>mapEmpty()
        .onComplete(end);
    return end.future();
  }
}
