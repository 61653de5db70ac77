package io.apfproxy.whole;

import io.apfproxy.whole.LatencyBins.Due;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;

/**
 * Clients of one front over one protocol, on one event loop. Thread-safe. Closing it closes their
 * connections.
 */
final class Clients implements AutoCloseable {
  private static final long FAILURE_PAUSE_MILLIS = 50;

  // large, as Go's clients have them: the wire is measured, not its credit
  private static final int STREAM_WINDOW = 4 << 20;
  private static final int CONNECTION_WINDOW = 64 << 20;

  private final Vertx vertx;
  private final Context context;
  private final HttpClientAgent http;
  private final String token;

  /**
   * @param authority PEM file to trust
   * @param port on loopback
   * @param token of the user
   * @param connections most at a time
   */
  Clients(Vertx vertx, Path authority, int port, String token, Protocol protocol, int connections) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.token = token;
    this.http =
        vertx.createHttpClient(
            options(authority, port, protocol),
            new PoolOptions()
                .setHttp1MaxSize(connections)
                .setHttp2MaxSize(connections)
                .setMaxWaitQueueSize(-1));
  }

  static HttpClientOptions options(Path authority, int port, Protocol protocol) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setDefaultHost("localhost")
            .setDefaultPort(port)
            .setSsl(true)
            .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()))
            .setProtocolVersion(protocol.version())
            .setUseAlpn(protocol == Protocol.H2)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setSslEngineOptions(new OpenSSLEngineOptions());
    options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW);
    return options;
  }

  /**
   * Sends one request and tells what became of it.
   *
   * @param then told afterwards; a little later if the request failed
   */
  void send(String uri, LatencyBins told, Due due, Runnable then) {
    context.runOnContext(
        now ->
            http.request(
                    new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setURI(uri)
                        .putHeader("Authorization", "Bearer " + token))
                .compose(HttpClientRequest::send)
                .compose(
                    response -> {
                      boolean isGood = response.statusCode() == 200;
                      return response
                          .end()
                          .compose(
                              end ->
                                  isGood
                                      ? Future.succeededFuture()
                                      : Future.failedFuture("status " + response.statusCode()));
                    })
                .onSuccess(
                    end -> {
                      told.answered(due, System.nanoTime());
                      then.run();
                    })
                .onFailure(
                    failure -> {
                      told.failed(due);
                      vertx.setTimer(FAILURE_PAUSE_MILLIS, timer -> then.run());
                    }));
  }

  @Override
  public void close() {
    http.close();
  }
}
