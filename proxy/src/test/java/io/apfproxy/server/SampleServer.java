package io.apfproxy.server;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** Answers each {@link SampleExchange}, and keeps what it was asked. Thread-safe. */
final class SampleServer {
  private final AtomicReference<SampleMessage> seen = new AtomicReference<>();

  /** The request that it saw last, which it forgets. */
  SampleMessage seen() {
    return Objects.requireNonNull(seen.getAndSet(null), "nothing was seen");
  }

  void answer(HttpServerRequest request) {
    Map<String, List<String>> headers = new TreeMap<>();
    request
        .headers()
        .forEach(
            line ->
                SampleMessage.add(
                    headers, line.getKey().toLowerCase(Locale.ROOT), line.getValue()));
    headers.computeIfPresent("cookie", (name, lines) -> List.of(String.join("; ", lines)));
    if (request.version() == HttpVersion.HTTP_2 && request.authority() != null) {
      headers.put("host", List.of(request.authority().toString()));
    }
    if (headers.containsKey("expect")) {
      request.response().writeContinue();
    }
    request
        .body()
        .onSuccess(
            body -> {
              seen.set(
                  new SampleMessage(
                      request.method() + " " + request.uri(), headers, body.toString()));
              reply(request);
            });
  }

  private static void reply(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String query = String.valueOf(request.query());
    if (query.startsWith("status=")) {
      int code = Integer.parseInt(query.substring(7));
      response.setStatusCode(code).putHeader("X-Code", query);
      if (code == 204 || code == 304) {
        response.end();
      } else {
        response.end("{}");
      }
    } else if (query.equals("odd")) {
      response.putHeader("X-Bytes", "\u00c3\u00a9\u00ff").putHeader("X-Inner", "a\t  b");
      response.end("odd");
    } else if (query.equals("headers")) {
      response.headers().add("X-A", "1").add("X-A", "2");
      response.putHeader("X-Empty", "");
      response.headers().add("Set-Cookie", "a=1; Path=/").add("Set-Cookie", "b=2");
      response.headers().add("Warning", "299 - \"x\"").add("Warning", "299 - \"y\"");
      response.putHeader("Date", "Fri, 27 Nov 2026 15:48:45 GMT").putHeader("Server", "s");
      response
          .putHeader("Strict-Transport-Security", "max-age=1")
          .putHeader("Alt-Svc", "h3=\":1\"");
      response.putHeader("Content-Encoding", "gzip").putHeader("Vary", "Accept");
      if (request.version() != HttpVersion.HTTP_2) {
        response.putHeader("Connection", "x-named-by-response").putHeader("Keep-Alive", "1");
        response.putHeader("X-Named-By-Response", "1");
      }
      response.end("notzipped");
    } else if (query.equals("chunked")) {
      response.setChunked(true);
      response.write("one");
      response.end("two");
    } else if (query.equals("trailers")) {
      response.setChunked(true);
      response.putHeader("X-Before", "1");
      response.write("body");
      response.trailers().add("X-After", "1").add("X-After", "2");
      response.end();
    } else if (query.equals("hints")) {
      response
          .writeEarlyHints(HttpHeaders.headers().add("Link", "</a>; rel=preload"))
          .onComplete(sent -> response.end("after"));
    } else if (query.equals("redirect")) {
      response.setStatusCode(302).putHeader("Location", "https://elsewhere.example/").end();
    } else if (query.contains("pauses")) {
      response.setChunked(true);
      response.writeHead(); // and nothing for a while
    } else if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", "2").end();
    } else {
      response.end("ok");
    }
  }
}
