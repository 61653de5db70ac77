package io.apfproxy.whole;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.List;

/** Hands requests on to a server of this process, as they are. */
final class Relay {
  private static final List<String> OF_THE_CONNECTION =
      List.of("Connection", "Host", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade");

  private final HttpClient http;

  /**
   * @param port of a server on loopback, whoever vouches for it
   */
  Relay(Vertx vertx, int port) {
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(port));
  }

  void pass(HttpServerRequest request) {
    request.pause();
    HttpServerResponse response = request.response();
    http.request(
            new RequestOptions()
                .setMethod(request.method())
                .setURI(request.uri())
                .setHeaders(ofTheRequest(request.headers())))
        .compose(
            onward -> {
              response.exceptionHandler(gone -> onward.reset());
              response.closeHandler(gone -> onward.reset());
              return onward.send(request);
            })
        .compose(
            answer -> {
              response.setStatusCode(answer.statusCode());
              response.headers().setAll(ofTheRequest(answer.headers()));
              if (!response.headers().contains("Content-Length")) {
                response.setChunked(true);
              }
              response.writeHead();
              return answer.pipeTo(response);
            })
        .onFailure(failure -> response.reset());
  }

  private static MultiMap ofTheRequest(MultiMap headers) {
    MultiMap own = MultiMap.caseInsensitiveMultiMap().addAll(headers);
    OF_THE_CONNECTION.forEach(own::remove);
    return own;
  }
}
