package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.ClientTrust;
import io.apfproxy.authn.RequestHeadReader;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an upstream and a client see of the same exchange without the proxy and through it: every
 * header both ways, status, framing, trailers, interim responses.
 */
@Tag("B7")
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
class TransparencyIT {
  /**
   * The differences that are meant, as this test names them, and the words by which the README's
   * table of differences tells of each.
   */
  private static final Map<String, String> MEANT =
      Map.ofEntries(
          Map.entry("request adds x-forwarded-for", "`X-Forwarded-For`"),
          Map.entry("request adds audit-id", "`Audit-ID`"),
          Map.entry("request changes host", "`Host`"),
          Map.entry("request drops connection", "hop-by-hop"),
          Map.entry("request drops keep-alive", "hop-by-hop"),
          Map.entry("request drops te", "hop-by-hop"),
          Map.entry("request drops trailer", "hop-by-hop"),
          Map.entry("request drops x-named-by-connection", "hop-by-hop"),
          Map.entry("request drops expect", "hop-by-hop"),
          Map.entry("request drops x-remote-user", "`X-Remote-*`"),
          Map.entry("request drops x-http-method-override", "`X-Remote-*`"),
          Map.entry("request changes x-real-ip", "`X-Forwarded-For`"),
          Map.entry("request drops x-real-ip", "`X-Forwarded-For`"),
          Map.entry("response drops keep-alive", "hop-by-hop"),
          Map.entry("response drops alt-svc", "hop-by-hop"),
          Map.entry("response drops x-named-by-response", "hop-by-hop"),
          Map.entry("response drops connection", "hop-by-hop"));

  /** One exchange: what is sent, and what is answered. */
  enum Exchange {
    GET(
        "GET /api/v1/pods?a=%2f&b=+&c HTTP/1.1",
        "Accept: application/json, */*;q=0.5\nCookie: a=1"),
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
    PAUSES("GET /api/v1/pods?watch=1&pauses HTTP/1.1", "");

    private final String line;
    private final String headers;
    private final String body;

    Exchange(String line, String headers) {
      this(line, headers, "");
    }

    Exchange(String line, String headers, String body) {
      this.line = line;
      this.headers = headers;
      this.body = body;
    }

    String bytes() {
      StringBuilder message = new StringBuilder(line + "\r\nHost: client.example:6443\r\n");
      headers.lines().forEach(header -> message.append(header).append("\r\n"));
      return message.append("\r\n").append(body).toString();
    }
  }

  /** One message: its first line, header fields by name in lower case, and what follows. */
  private record Message(String first, Map<String, List<String>> headers, String rest) {}

  private final Map<String, Message> seen = new ConcurrentHashMap<>();

  private void answer(HttpServerRequest request) {
    Map<String, List<String>> headers = new TreeMap<>();
    request
        .headers()
        .forEach(
            line ->
                headers
                    .computeIfAbsent(
                        line.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.getValue()));
    if (request.version() == HttpVersion.HTTP_2 && request.authority() != null) {
      headers.put("host", List.of(request.authority().toString()));
    }
    request
        .body()
        .onSuccess(
            body -> {
              seen.put(
                  "request",
                  new Message(request.method() + " " + request.uri(), headers, body.toString()));
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
          .writeEarlyHints(
              io.vertx.core.http.HttpHeaders.headers().add("Link", "</a>; rel=preload"))
          .onComplete(sent -> response.end("after"));
    } else if (query.equals("redirect")) {
      response.setStatusCode(302).putHeader("Location", "https://elsewhere.example/").end();
    } else if (query.contains("pauses")) {
      response.setChunked(true);
      response.writeHead(); // and nothing for a while
    } else {
      response.end("ok");
    }
  }

  /** How the response looks: interim heads first, then its head, then the framed body. */
  private static List<Message> exchange(int port, Exchange exchange) {
    List<Message> messages = new ArrayList<>();
    try (RawClient client = new RawClient(port)) {
      client.send(exchange.bytes());
      while (true) {
        String head = client.readHead();
        Map<String, List<String>> headers = new TreeMap<>();
        head.lines()
            .skip(1)
            .filter(line -> !line.isEmpty())
            .forEach(
                line ->
                    headers
                        .computeIfAbsent(
                            line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                            name -> new ArrayList<>())
                        .add(line.substring(line.indexOf(':') + 1).strip()));
        String first = head.lines().findFirst().orElse("");
        boolean interim = first.startsWith("HTTP/1.1 1");
        messages.add(
            new Message(first, headers, interim ? "" : rest(client, exchange, first, headers)));
        if (!interim) {
          return messages;
        }
      }
    }
  }

  private static String rest(
      RawClient client, Exchange exchange, String first, Map<String, List<String>> headers) {
    if (exchange == Exchange.HEAD || first.contains(" 204") || first.contains(" 304")) {
      return "";
    }
    if (headers.containsKey("content-length")) {
      return new String(
          client.read(Integer.parseInt(headers.get("content-length").get(0))),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    }
    if (exchange == Exchange.PAUSES) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line(client);
      if (size.equals("0")) {
        String trailers = "";
        for (String line = line(client); !line.isEmpty(); line = line(client)) {
          trailers += "|" + line.toLowerCase(Locale.ROOT);
        }
        return body + trailers;
      }
      body.append(
          new String(
              client.read(Integer.parseInt(size, 16)),
              java.nio.charset.StandardCharsets.ISO_8859_1));
      line(client);
    }
  }

  private static String line(RawClient client) {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\r\n") < 0) {
      line.append((char) client.read(1)[0]);
    }
    return line.substring(0, line.length() - 2);
  }

  private static void differ(
      String which, Message direct, Message proxied, Set<String> differences) {
    Stream.concat(direct.headers().keySet().stream(), proxied.headers().keySet().stream())
        .distinct()
        .forEach(
            name -> {
              List<String> before = direct.headers().get(name);
              List<String> after = proxied.headers().get(name);
              if (after == null) {
                differences.add(which + " drops " + name);
              } else if (before == null) {
                differences.add(which + " adds " + name);
              } else if (!before.equals(after)) {
                differences.add(which + " changes " + name);
              }
            });
    if (!direct.first().equals(proxied.first())) {
      differences.add(which + ": " + direct.first() + " becomes " + proxied.first());
    }
    if (!direct.rest().equals(proxied.rest())) {
      differences.add(which + " body: " + direct.rest() + " becomes " + proxied.rest());
    }
  }

  private Set<String> differences(Exchange exchange, HttpVersion upstreamVersion, Vertx vertx) {
    Set<String> differences = new TreeSet<>();
    try (FakeUpstream plain = FakeUpstream.http(vertx, this::answer, HttpVersion.HTTP_1_1);
        FakeUpstream behind = FakeUpstream.http(vertx, this::answer, upstreamVersion);
        TestProxy proxy =
            new TestProxy(
                vertx,
                behind.port(),
                Duration.ofSeconds(60),
                new RequestHeadReader(() -> ClientTrust.NONE, peer -> false)::read)) {
      List<Message> direct = exchange(plain.port(), exchange);
      Message sent = seen.remove("request");
      List<Message> proxied = exchange(proxy.port(), exchange);
      Message arrived = seen.remove("request");
      arrived.headers().remove("authorization"); // the fake resolver's
      sent.headers().remove("authorization");
      differ("request", sent, arrived, differences);
      assertThat(proxied).as("interim responses and the last one").hasSameSizeAs(direct);
      for (int i = 0; i < direct.size(); i++) {
        proxied.get(i).headers().keySet().removeIf(name -> name.startsWith("x-apf-")); // asked for
        differ("response", direct.get(i), proxied.get(i), differences);
      }
    }
    return differences;
  }

  @ParameterizedTest
  @EnumSource
  void changesNothingButWhatIsMeant(Exchange exchange) {
    Vertx vertx = Vertx.vertx();
    try {
      Set<String> differences = differences(exchange, HttpVersion.HTTP_1_1, vertx);
      assertThat(MEANT.keySet()).containsAll(differences);
      if (exchange.name().contains("PROXY")) {
        assertThat(differences).as("back ends compare it").doesNotContain("request changes host");
      }
    } finally {
      get(vertx.close());
    }
  }

  /** HTTP/2 frames bodies itself, and knows no reason phrase. */
  @ParameterizedTest
  @EnumSource
  void changesNothingMoreOnTheWayByHttp2(Exchange exchange) {
    Vertx vertx = Vertx.vertx();
    try {
      Set<String> differences = differences(exchange, HttpVersion.HTTP_2, vertx);
      differences.removeAll(
          Set.of(
              "request drops transfer-encoding",
              "request drops content-length",
              "response adds transfer-encoding",
              "response drops content-length",
              "response adds content-length",
              "response drops transfer-encoding",
              "response changes connection"));
      assertThat(MEANT.keySet()).containsAll(differences);
    } finally {
      get(vertx.close());
    }
  }

  @Test
  void isToldInTheReadme() {
    String page = readme();
    int start = page.indexOf("## Where it differs");
    String table = page.substring(start, page.indexOf("\n## ", start));
    assertThat(MEANT.values()).allSatisfy(words -> assertThat(table).contains(words));
  }

  private static String readme() {
    try {
      Path here = Path.of("README.md");
      return Files.readString(Files.exists(here) ? here : Path.of("..", "README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
