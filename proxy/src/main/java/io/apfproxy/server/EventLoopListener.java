package io.apfproxy.server;

import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.server.listen.Listening;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.walk.Limits;
import io.apfproxy.server.walk.RequestPipeline;
import io.apfproxy.server.walk.Services;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.MemberConnections;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event loop's part of the listener, with connections to the upstream of its own. */
final class EventLoopListener extends VerticleBase {
  private static final String UNGUARDED =
      "there are limits of connections, but Vert.x was not built with a GuardedTransport";

  private final ServerConfig config;
  private final Services services;
  private final Limits limits;
  private final SocketAddress where;
  private volatile int port;
  private @Nullable HttpServer server;
  private @Nullable MemberConnections upstream;
  private @Nullable RequestPipeline pipeline;

  EventLoopListener(ServerConfig config, Services services, Limits limits, SocketAddress where) {
    this.config = config;
    this.services = services;
    this.limits = limits;
    this.where = where;
  }

  @Override
  public Future<?> start() {
    MemberConnections member =
        new MemberConnections(vertx, services.upstream(), services.reporter());
    Forwarder forwarder =
        new Forwarder(
            vertx,
            new Members<Member>(List.of(member), services.outage(), System::nanoTime),
            services.reporter(),
            limits.backlogs());
    RequestPipeline requests = new RequestPipeline(vertx, config, services, limits, forwarder);
    HttpServerOptions options = Listening.options(config, limits.engines());
    HttpServer listener =
        vertx
            .createHttpServer(options)
            .connectionHandler(requests::connected)
            .requestHandler(requests)
            .invalidRequestHandler(requests::refuseUnreadable);
    upstream = member;
    pipeline = requests;
    server = listener;
    GuardedTransport.guard(context, limits.guard());
    return listener
        .listen(where)
        .compose(
            listening ->
                guarded()
                    ? Future.succeededFuture(listening)
                    : Future.<HttpServer>failedFuture(UNGUARDED))
        .onSuccess(listening -> port = listening.actualPort());
  }

  /** Limits that do nothing would be worse than none. */
  private boolean guarded() {
    return config.connections().none() || limits.guard().stands();
  }

  int port() {
    return port;
  }

  /** Whether requests of this event loop would find their way to the upstream. */
  Future<Void> probeUpstream() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          MemberConnections member = upstream;
          if (member == null) {
            done.fail("not listening");
          } else {
            member.probe().onComplete(done);
          }
        });
    return done.future();
  }

  Future<Boolean> replaceCertificate(PemKeyPair certificate) {
    HttpServer listener = server;
    ServerSSLOptions options = Listening.tls(config.clientele(), certificate);
    return listener == null
        ? Future.failedFuture("not listening")
        : listener.updateSSLOptions(options);
  }

  Future<Void> shutdown(Duration grace) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          HttpServer listener = server;
          RequestPipeline requests = pipeline;
          if (listener == null || requests == null) {
            done.complete();
            return;
          }
          // The listener goes last: closing it closes connections whose clients may still be
          // reading.
          requests
              .finish(grace)
              .transform(any -> listener.close())
              .transform(any -> requests.rest())
              .onComplete(done);
        });
    return done.future();
  }

  Future<Void> undeploy(Vertx deployer) {
    return context == null || context.deploymentID() == null
        ? Future.succeededFuture()
        : deployer.undeploy(context.deploymentID());
  }

  @Override
  public Future<?> stop() {
    MemberConnections member = upstream;
    return member == null ? Future.succeededFuture() : member.close();
  }
}
