package io.apfproxy.admin;

import io.apfproxy.admin.AdminPages.Dump;
import io.apfproxy.authn.UrlAccess;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.EngineChoice;
import io.apfproxy.upstream.KeyPairOptions;
import io.apfproxy.upstream.TlsEngine;
import io.apfproxy.upstream.UpstreamConfig.PemKeyPair;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Serves {@code /livez}, {@code /readyz}, {@code /metrics} and the dumps. Health is open to all;
 * the rest, which may name users, only to this machine, and over TLS to those whom the cluster's
 * RBAC allows to get that URL.
 */
public final class AdminServer {
  /*
   * Pages are made on worker threads, one at a time: a second dump or scrape meanwhile is told to
   * come back, so that nobody can make the proxy dump all day. Source: specification security.md,
   * S77, S81.
   */
  private static final int IDLE_SECONDS = 60;
  private static final String LIVEZ = "/livez";
  private static final String READYZ = "/readyz";
  private static final String EXPLAIN = "/debug/api_priority_and_fairness/explain";
  private static final List<String> KNOWN = List.of(LIVEZ, READYZ, EXPLAIN, "/metrics");
  private static final List<HttpMethod> READING = List.of(HttpMethod.GET, HttpMethod.HEAD);

  private final Vertx vertx;
  private final AdminPages pages;
  private final @Nullable UrlAccess remote;
  private final LocalOnly local = new LocalOnly();
  private final AtomicBoolean busy = new AtomicBoolean();
  private final HttpServer server;

  /** Plain HTTP: to others than this machine it shows health only. */
  public static AdminServer plain(Vertx vertx, AdminPages pages) {
    return new AdminServer(vertx, pages, null, options());
  }

  /**
   * @param remote decides who else than this machine reads what is not for all
   */
  public static AdminServer tls(
      Vertx vertx, AdminPages pages, PemKeyPair certificate, UrlAccess remote) {
    HttpServerOptions options =
        options().setSsl(true).setKeyCertOptions(new KeyPairOptions(certificate));
    options.setSslEngineOptions(TlsEngine.options(EngineChoice.CHEAPER));
    return new AdminServer(vertx, pages, remote, options);
  }

  private AdminServer(
      Vertx vertx, AdminPages pages, @Nullable UrlAccess remote, HttpServerOptions options) {
    this.vertx = vertx;
    this.pages = pages;
    this.remote = remote;
    this.server = vertx.createHttpServer(options).requestHandler(this::handle);
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions().setHttp2ClearTextEnabled(false).setIdleTimeout(IDLE_SECONDS);
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
    return server.listen(port, address).map(HttpServer::actualPort);
  }

  public Future<Void> close() {
    return server.close();
  }

  private void handle(HttpServerRequest request) {
    String path = request.path();
    Optional<Dump> dump =
        Arrays.stream(Dump.values()).filter(known -> known.path().equals(path)).findFirst();
    if (path == null || (dump.isEmpty() && !KNOWN.contains(path))) {
      send(request, AdminReply.plain(404, "404 page not found\n"));
    } else if (!READING.contains(request.method())) {
      request.response().putHeader("Allow", "GET, HEAD");
      send(request, AdminReply.plain(405, "Method Not Allowed\n"));
    } else if (path.equals(LIVEZ)) {
      send(request, AdminReply.plain(200, "ok"));
    } else if (path.equals(READYZ)) {
      send(request, readiness(request));
    } else if (local.allows(request)) {
      show(request, dump);
    } else if (remote == null) {
      send(
          request,
          AdminReply.plain(403, "Forbidden: " + path + " is served to this machine only\n"));
    } else {
      Context context = vertx.getOrCreateContext();
      var unused =
          remote
              .check(
                  request.getHeader(HttpHeaders.AUTHORIZATION),
                  path,
                  request.remoteAddress().hostAddress())
              .whenComplete(
                  (allowed, cause) ->
                      context.runOnContext(
                          now -> {
                            if (cause == null) {
                              show(request, dump);
                            } else {
                              send(request, refusal(cause));
                            }
                          }));
    }
  }

  private static AdminReply refusal(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RefusedException refused
        ? AdminReply.plain(refused.code(), refused.getMessage() + "\n")
        : AdminReply.plain(500, "Internal Server Error\n");
  }

  private void show(HttpServerRequest request, Optional<Dump> dump) {
    if (dump.isPresent()) {
      // Any value counts, "0" and "false" too, as at kube-apiserver.
      String details = request.getParam("includeRequestDetails");
      boolean withDetails = details != null && !details.isEmpty();
      oneAtATime(request, () -> dump(dump.get(), withDetails));
    } else if (EXPLAIN.equals(request.path())) {
      MultiMap parameters = request.params();
      oneAtATime(request, () -> explain(parameters));
    } else {
      oneAtATime(request, () -> AdminReply.prometheus(pages.metrics()));
    }
  }

  private AdminReply dump(Dump what, boolean withDetails) {
    return page(pages.dump(what, withDetails));
  }

  private AdminReply explain(MultiMap parameters) {
    String method = parameters.get("method");
    String url = parameters.get("url");
    if (method == null || url == null) {
      return AdminReply.plain(400, "explain: expected the parameters method and url\n");
    }
    try {
      return page(pages.explain(method, url, parameters.get("user"), parameters.getAll("group")));
    } catch (IllegalArgumentException e) {
      return AdminReply.plain(400, e.getMessage() + "\n");
    }
  }

  private static AdminReply page(Optional<String> text) {
    return text.map(found -> AdminReply.plain(200, found))
        .orElseGet(
            () ->
                AdminReply.plain(404, "404: --enable-priority-and-fairness=false has no queues\n"));
  }

  private AdminReply readiness(HttpServerRequest request) {
    List<AdminPages.Check> checks = pages.readiness();
    boolean ready = checks.stream().allMatch(AdminPages.Check::ok);
    int code = ready ? 200 : 503;
    if (request.params().contains("verbose")) {
      boolean notes = local.allows(request); // they name what is in the cluster
      String list = checks.stream().map(check -> line(check, notes)).collect(Collectors.joining());
      return AdminReply.plain(code, list + "readyz check " + (ready ? "passed\n" : "failed\n"));
    }
    return AdminReply.plain(code, ready ? "ok" : "not ready");
  }

  private static String line(AdminPages.Check check, boolean withNote) {
    String note = check.note().isEmpty() || !withNote ? "" : ": " + check.note();
    return check.ok()
        ? "[+]" + check.name() + " ok" + note + "\n"
        : "[-]" + check.name() + " failed" + (note.isEmpty() ? ": reason withheld" : note) + "\n";
  }

  private void oneAtATime(HttpServerRequest request, Callable<AdminReply> page) {
    if (!busy.compareAndSet(false, true)) {
      request.response().putHeader("Retry-After", "1");
      send(request, AdminReply.plain(429, "Another page is being made, try again later.\n"));
      return;
    }
    vertx
        .executeBlocking(page, false)
        .onComplete(
            made -> {
              busy.set(false);
              send(
                  request,
                  made.succeeded()
                      ? made.result()
                      : AdminReply.plain(500, "Internal Server Error\n"));
            });
  }

  private static void send(HttpServerRequest request, AdminReply reply) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    response
        .setStatusCode(reply.code())
        .putHeader("Content-Type", reply.contentType())
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cache-Control", "no-cache, private")
        .end(reply.body());
  }
}
