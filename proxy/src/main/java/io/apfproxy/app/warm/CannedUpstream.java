package io.apfproxy.app.warm;

import io.apfproxy.tls.EngineChoice;
import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.util.List;

/**
 * A kube-apiserver on a free port of 127.0.0.1 that has all answers ready. Its handlers run on the
 * event loop it was started on.
 */
public final class CannedUpstream {
  private static final int MAX_HEAD = 1 << 20;
  private static final long EVENT_MILLIS = 2;

  private final Vertx vertx;
  private final HttpServer server;
  private final Answers answers = new Answers();

  private CannedUpstream(Vertx vertx, PemKeyPair certificate) {
    this.vertx = vertx;
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
            .setKeyCertOptions(new KeyPairOptions(certificate))
            .setMaxInitialLineLength(MAX_HEAD)
            .setMaxHeaderSize(MAX_HEAD)
            .setInitialSettings(
                new Http2Settings().setMaxConcurrentStreams(100).setMaxHeaderListSize(MAX_HEAD));
    options.setSslEngineOptions(TlsEngine.options(EngineChoice.CHEAPER));
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> connection.exceptionHandler(gone -> {}))
            .requestHandler(this::answer);
  }

  /** Listens. */
  public static Future<CannedUpstream> listen(Vertx vertx, PemKeyPair certificate) {
    CannedUpstream upstream = new CannedUpstream(vertx, certificate);
    return upstream.server.listen(0, "127.0.0.1").map(upstream);
  }

  public int port() {
    return server.actualPort();
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.exceptionHandler(gone -> {});
    request.exceptionHandler(gone -> {});
    if (request.headers().contains(HttpHeaders.UPGRADE)) {
      var unused = request.toNetSocket().onSuccess(CannedUpstream::echo);
      return;
    }
    Answers.Answer answer = answers.to(request.path(), request.query());
    response.setStatusCode(answer.code());
    response.putHeader(HttpHeaders.CONTENT_TYPE, answer.type());
    response.putHeader("audit-id", "4c6b2ab1-9b52-4c2c-8b8b-3a0a5d1f7c55");
    response.putHeader("cache-control", "no-cache, private");
    if (answer.encoding() != null) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, answer.encoding());
    }
    if (answer.watch()) {
      response.setChunked(true);
      tell(response, 0);
    } else {
      var unused = response.end(answer.body());
    }
  }

  /** A watch's events one by one, and its end. */
  private void tell(HttpServerResponse response, int told) {
    if (response.closed()) {
      return;
    }
    if (told == Answers.EVENTS.size()) {
      var unused = response.end();
      return;
    }
    var unused = response.write(Answers.EVENTS.get(told));
    vertx.setTimer(EVENT_MILLIS, next -> tell(response, told + 1));
  }

  private static void echo(NetSocket socket) {
    socket.exceptionHandler(gone -> {});
    socket.handler(
        bytes -> {
          var unused = socket.write(bytes).onComplete(written -> socket.close());
        });
  }

  /** Closes its connections too. */
  public Future<Void> close() {
    return server.close();
  }
}
