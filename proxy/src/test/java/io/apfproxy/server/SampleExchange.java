package io.apfproxy.server;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;

/** One exchange: what is sent; its query says what is answered. */
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
enum SampleExchange {
  GET("GET /api/v1/pods?a=%2f&b=+&c HTTP/1.1", "Accept: application/json, */*;q=0.5\nCookie: a=1"),
  REPEATED("GET /api HTTP/1.1", "X-A: 1\nX-A: 2\nx-a: 3\nX-Empty:\nX-Long: " + "v".repeat(9_000)),
  POST("POST /api/v1/namespaces HTTP/1.1", "Content-Length: 5\nContent-Type: a/b; c=d", "hello"),
  CHUNKED("PUT /api/v1/x HTTP/1.1", "Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
  EMPTY_CHUNKED("POST /api/v1/x HTTP/1.1", "Transfer-Encoding: chunked", "0\r\n\r\n"),
  EMPTY_LENGTH("POST /api/v1/x HTTP/1.1", "Content-Length: 0"),
  NO_BODY("POST /api/v1/x HTTP/1.1", ""),
  DELETE_WITH_BODY("DELETE /api/v1/x HTTP/1.1", "Content-Length: 2", "{}"),
  GET_WITH_BODY("GET /api/v1/x HTTP/1.1", "Content-Length: 2", "{}"),
  HEAD("HEAD /api HTTP/1.1", ""),
  OPTIONS("OPTIONS /api HTTP/1.1", "Origin: https://a\nAccess-Control-Request-Method: GET"),
  PATCH("PATCH /api/v1/x HTTP/1.1", "Content-Length: 2\nIf-Match: \"a\", W/\"b\"", "[]"),
  HOP_BY_HOP(
      "GET /api HTTP/1.1",
      "Connection: keep-alive, x-named-by-connection\nX-Named-By-Connection: 1\nKeep-Alive: 5\n"
          + "TE: trailers\nTrailer: x"),
  CONDITIONAL("GET /api HTTP/1.1", "If-None-Match: \"a\"\nRange: bytes=0-1\nDate: yesterday"),
  IDENTITY_CLAIMS("GET /api HTTP/1.1", "X-Remote-User: admin\nX-HTTP-Method-Override: DELETE"),
  FORWARDED(
      "GET /api HTTP/1.1",
      "Forwarded: for=1\nX-Forwarded-Proto: https\nX-Forwarded-Host: h\nX-Real-Ip: 192.0.2.1"),
  TRACING("GET /api HTTP/1.1", "traceparent: 00-a-b-01\nVia: 1.1 x\nMax-Forwards: 3\nPragma: y"),
  POD_PROXY(
      "GET /api/v1/namespaces/a/pods/p:80/proxy/x//y/../z?q=%00 HTTP/1.1",
      "Origin: https://client.example\nReferer: https://client.example/x\nAuthorization: Bearer t"),
  SERVICE_PROXY_POST(
      "POST /api/v1/namespaces/a/services/https:s:443/proxy/ HTTP/1.1",
      "Content-Length: 3\nX-Requested-With: x\nCookie: a=1; b=2",
      "abc"),
  STATUS_204("GET /api?status=204 HTTP/1.1", ""),
  STATUS_304("GET /api?status=304 HTTP/1.1", ""),
  STATUS_422("POST /api?status=422 HTTP/1.1", "Content-Length: 0"),
  STATUS_503("GET /api?status=503 HTTP/1.1", ""),
  HEADERS_BACK("GET /api?headers HTTP/1.1", ""),
  CHUNKED_BACK("GET /api?chunked HTTP/1.1", ""),
  TRAILERS_BACK("GET /api?trailers HTTP/1.1", "TE: trailers"),
  HINTS_BACK("GET /api?hints HTTP/1.1", ""),
  REDIRECT_BACK("GET /api/v1/namespaces/a/pods/p/proxy?redirect HTTP/1.1", ""),
  EXPECT("POST /api/v1/x HTTP/1.1", "Content-Length: 5\nExpect: 100-continue", "hello"),
  COOKIES("GET /api/v1/namespaces/a/pods/p/proxy HTTP/1.1", "Cookie: a=1\nCookie: b=2"),
  ODD_VALUES(
      "GET /api HTTP/1.1", "X-Bytes: \u00c3\u00a9\u00ff\nX-Inner: a\t  b\nX-Quoted: \"\\\"\""),
  ODD_VALUES_BACK("GET /api?odd HTTP/1.1", ""),
  SERVICE_PROXY_HEADERS_BACK("GET /api/v1/namespaces/a/services/s/proxy?headers HTTP/1.1", ""),
  SERVICE_PROXY_TRAILERS_BACK("GET /api/v1/namespaces/a/services/s/proxy?trailers HTTP/1.1", ""),
  POD_PROXY_HINTS_BACK("GET /api/v1/namespaces/a/pods/p/proxy/?hints HTTP/1.1", ""),
  PAUSES("GET /api/v1/pods?watch=1&pauses HTTP/1.1", "");

  private final String line;
  private final String headers;
  private final String body;

  SampleExchange(String line, String headers) {
    this(line, headers, "");
  }

  SampleExchange(String line, String headers, String body) {
    this.line = line;
    this.headers = headers;
    this.body = body;
  }

  String head() {
    StringBuilder message = new StringBuilder(line + "\r\nHost: client.example:6443\r\n");
    headers.lines().forEach(header -> message.append(header).append("\r\n"));
    return message.append("\r\n").toString();
  }

  /** What follows the head by HTTP/1.1. */
  String body() {
    return body;
  }

  boolean awaitsTheBodysTurn() {
    return headers.contains("100-continue");
  }

  /** For HTTP/2, without what is said otherwise there. */
  String[] fields() {
    String[] words = line.split(" ", -1);
    return Stream.concat(
            Stream.of(
                ":method: " + words[0],
                ":scheme: https",
                ":authority: client.example:6443",
                ":path: " + words[1]),
            headers
                .lines()
                .filter(header -> !header.matches("(Connection|Keep-Alive|Transfer-Enc).*"))
                .map(
                    header ->
                        header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT)
                            + header.substring(header.indexOf(':'))))
        .toArray(String[]::new);
  }

  /** What the body says, without its chunks. */
  byte[] content() {
    String text = headers.contains("chunked") ? body.replaceAll("\\w*\r\n", "") : body;
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
