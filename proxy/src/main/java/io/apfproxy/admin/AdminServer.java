package io.apfproxy.admin;

import io.apfproxy.authn.act.UrlAccess;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.request.RefusedException;
import io.apfproxy.tls.EngineChoice;
import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The operators' listener. {@link Routes} says what it serves: health to all; the rest, which may
 * name users, only to this machine, and over TLS to those whom the cluster's RBAC allows to get
 * that URL.
 */
public final class AdminServer {
  /*
   * Give it a Vertx of its own: then nothing that clients do takes its event loop or its workers, and
   * nothing that operators do takes theirs. One connection carries one request at a time. Whatever is
   * thrown while a request is answered becomes its answer (guarded). Source: specification
   * security.md, S50, S77, S81.
   */
  /** Event streams at a time. */
  public static final int MOST_STREAMS = EventStreams.MOST;

  /** Bytes that may be sent and not read; a single answer may have more. */
  public static final long MOST_UNREAD_BYTES = ReplyWriter.MOST_BYTES;

  private static final int IDLE_SECONDS = 75;
  private static final long SWEEP_MILLIS = 5_000;
  private static final List<HttpMethod> READING = List.of(HttpMethod.GET, HttpMethod.HEAD);

  private final Vertx vertx;
  private final @Nullable UrlAccess remote;
  private final LocalOnly local = new LocalOnly();
  private final AdminDoor door;
  private final EventStreams streams;
  private final Routes routes;
  private final ReplyWriter writer;
  private final AdminConnections connections = new AdminConnections();
  private final HttpServer server;

  /** Plain HTTP: to others than this machine it shows health only. */
  public static AdminServer plain(Vertx vertx, AdminPages pages, AdminDoor door) {
    return new AdminServer(vertx, pages, null, door, options());
  }

  /**
   * @param remote decides who else than this machine reads what is not for all
   */
  public static AdminServer tls(
      Vertx vertx, AdminPages pages, PemKeyPair certificate, UrlAccess remote, AdminDoor door) {
    HttpServerOptions options =
        options().setSsl(true).setKeyCertOptions(new KeyPairOptions(certificate));
    options.setSslEngineOptions(TlsEngine.options(EngineChoice.CHEAPER));
    return new AdminServer(vertx, pages, remote, door, options);
  }

  private AdminServer(
      Vertx vertx,
      AdminPages pages,
      @Nullable UrlAccess remote,
      AdminDoor door,
      HttpServerOptions options) {
    this.vertx = vertx;
    this.remote = remote;
    this.door = door;
    this.streams = new EventStreams(vertx, pages);
    this.routes = new Routes(pages, () -> new PageMill(vertx), streams);
    this.writer = new ReplyWriter(vertx, door);
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> connections.opened(connection, System.nanoTime()))
            .requestHandler(this::begin)
            .invalidRequestHandler(this::refuseUnreadable);
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions()
        .setHttp2ClearTextEnabled(false)
        .setAlpnVersions(List.of(HttpVersion.HTTP_1_1))
        .setSslHandshakeTimeout(0) // its door's, which tells of it
        .setIdleTimeout(IDLE_SECONDS);
  }

  /** Presents another certificate to new connections; for a server with TLS. */
  public Future<Void> replaceCertificate(PemKeyPair certificate) {
    return server
        .updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(new KeyPairOptions(certificate)))
        .mapEmpty();
  }

  /**
   * Starts to listen.
   *
   * @return the port; fails if the address cannot be bound
   */
  public Future<Integer> listen(String address, int port) {
    Promise<Integer> listening = Promise.promise();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        now ->
            Future.succeededFuture()
                .compose(
                    any -> {
                      door.open(context);
                      vertx.setPeriodic(
                          SWEEP_MILLIS, tick -> connections.closeIdle(System.nanoTime()));
                      return server.listen(port, address).map(HttpServer::actualPort);
                    })
                .onComplete(listening));
    return listening.future();
  }

  /** Event streams that are open. */
  public int streams() {
    return streams.open();
  }

  /** Event streams that were refused, as too many were open. */
  public long streamsRefused() {
    return streams.refused();
  }

  /** Ticks that event streams have missed, as they were not read. */
  public long ticksMissed() {
    return streams.missed();
  }

  /** Bytes of answers that were sent and are not read. */
  public long unreadBytes() {
    return writer.unread().taken();
  }

  /** Answers that were cut off, as others needed the room that they took unread. */
  public long unreadCutOff() {
    return writer.unread().cut();
  }

  public Future<Void> close() {
    return server.close();
  }

  private void begin(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    connections.begun(connection);
    request.response().endHandler(end -> connections.answered(connection, System.nanoTime()));
    guarded(request, () -> handle(request));
  }

  private void refuseUnreadable(HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    door.refused(400, "admin-syntax", "not a well-formed HTTP request", null, address);
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }

  /** A step towards an answer; what it throws is answered instead. */
  private interface Step {
    void run() throws RefusedException;
  }

  private void guarded(HttpServerRequest request, Step step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      refuse(request, thrown);
    }
  }

  private void handle(HttpServerRequest request) throws RefusedException {
    Route route = routes.find(request.path()).orElse(null);
    if (route == null) {
      throw new RefusedException(404, "NotFound", "admin-path", "404 page not found");
    }
    if (!READING.contains(request.method())) {
      request.response().putHeader("Allow", "GET, HEAD");
      throw new RefusedException(405, "MethodNotAllowed", "admin-method", "Method Not Allowed");
    }
    Asked asked =
        new Asked(String.valueOf(request.uri()), parameters(request), local.allows(request));
    if (route.audience() != Route.Audience.EVERYBODY) {
      BrowserRules.check(request);
    }
    if (isOpen(route, asked)) {
      show(request, route, asked);
    } else {
      ask(request, route, asked);
    }
  }

  private boolean isOpen(Route route, Asked asked) {
    return switch (route.audience()) {
      case EVERYBODY -> true;
      case BROWSERS -> asked.local() || remote != null;
      case OPERATORS -> asked.local();
    };
  }

  private static MultiMap parameters(HttpServerRequest request) throws RefusedException {
    try {
      return request.params();
    } catch (IllegalArgumentException malformed) {
      throw RefusedException.badRequest(
          "admin-query", "malformed query, expected name=value pairs with %XX escapes");
    }
  }

  private void ask(HttpServerRequest request, Route route, Asked asked) throws RefusedException {
    UrlAccess rights = remote;
    if (rights == null) {
      throw new RefusedException(
          403,
          "Forbidden",
          "admin-not-local",
          "Forbidden: " + route.path() + " is served to this machine only");
    }
    Context context = vertx.getOrCreateContext();
    var unused =
        right(rights, request, route, asked)
            .whenComplete(
                (yes, cause) ->
                    context.runOnContext(
                        now ->
                            guarded(
                                request,
                                () -> {
                                  if (cause == null) {
                                    show(request, route, asked);
                                  } else {
                                    refuse(request, cause);
                                  }
                                })));
  }

  private static CompletableFuture<Void> right(
      UrlAccess rights, HttpServerRequest request, Route route, Asked asked) {
    String address = request.remoteAddress().hostAddress();
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    CompletableFuture<Void> allowed = CompletableFuture.completedFuture(null);
    for (String path : route.permitted(asked)) {
      allowed = allowed.thenCompose(yes -> rights.check(authorization, path, address));
    }
    return allowed;
  }

  private void answer(HttpServerRequest request, Route route, Asked asked, AdminReply reply)
      throws RefusedException {
    AdminReply.Stream stream = reply.stream();
    if (stream == null) {
      writer.write(request, reply);
      return;
    }
    UrlAccess rights = remote;
    stream.open(
        request,
        () ->
            asked.local() || rights == null
                ? CompletableFuture.completedFuture(null)
                : right(rights, request, route, asked));
  }

  private void show(HttpServerRequest request, Route route, Asked asked) {
    Context context = vertx.getOrCreateContext();
    route
        .handler()
        .handle(asked)
        .onComplete(
            made ->
                context.runOnContext(
                    now ->
                        guarded(
                            request,
                            () -> {
                              if (made.succeeded()) {
                                answer(request, route, asked, made.result());
                              } else {
                                refuse(request, made.cause());
                              }
                            })));
  }

  private void refuse(HttpServerRequest request, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    OutOfMemory.endIf(cause);
    RefusedException refusal =
        cause instanceof RefusedException refused
            ? refused
            : new RefusedException(500, "InternalError", "defect", "Internal Server Error")
                .causedBy(cause);
    door.refused(
        refusal.code(),
        refusal.rule(),
        String.valueOf(refusal.getMessage()),
        refusal.getCause(),
        request.remoteAddress().hostAddress());
    HttpServerResponse response = request.response();
    if (response.headWritten()) {
      request.connection().close(); // it must not look complete
      return;
    }
    if (refusal.retryAfterSeconds() > 0) {
      response.putHeader("Retry-After", Integer.toString(refusal.retryAfterSeconds()));
    }
    writer.write(request, AdminReply.plain(refusal.code(), refusal.getMessage() + "\n"));
  }
}
