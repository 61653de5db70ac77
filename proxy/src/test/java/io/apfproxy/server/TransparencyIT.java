package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.HeaderBlock;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

    Exchange(String line, String headers) {
      this(line, headers, "");
    }

    Exchange(String line, String headers, String body) {
      this.line = line;
      this.headers = headers;
      this.body = body;
    }

    String head() {
      StringBuilder message = new StringBuilder(line + "\r\nHost: client.example:6443\r\n");
      headers.lines().forEach(header -> message.append(header).append("\r\n"));
      return message.append("\r\n").toString();
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

  /** One message: its first line, header fields by name in lower case, and what follows. */
  private record Message(String first, Map<String, List<String>> headers, String rest) {}

  private static final Vertx VERTX = Vertx.vertx();

  private final Map<String, Message> seen = new ConcurrentHashMap<>();

  @AfterAll
  static void close() {
    get(VERTX.close());
  }

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
          .writeEarlyHints(
              io.vertx.core.http.HttpHeaders.headers().add("Link", "</a>; rel=preload"))
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

  /** How the response looks: interim heads first, then its head, then the framed body. */
  private static List<Message> exchange(int port, Exchange exchange) {
    List<Message> messages = new ArrayList<>();
    try (RawClient client = new RawClient(port)) {
      client.send(exchange.head() + (exchange.awaitsTheBodysTurn() ? "" : exchange.body));
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
        if (interim && exchange.awaitsTheBodysTurn()) {
          client.send(exchange.body);
        }
        messages.add(
            new Message(first, headers, interim ? "" : rest(client, exchange, first, headers)));
        if (!interim) {
          return messages;
        }
      }
    }
  }

  /** The same by HTTP/2, frame by frame. */
  private static List<Message> exchangeByHttp2(int port, Exchange exchange) {
    List<Message> messages = new ArrayList<>();
    byte[] body = exchange.content();
    TlsClient client = new TlsClient(port).protocols("h2");
    try (FrameConnection connection = FrameConnection.open(client, Map.of())) {
      connection.headers(1, body.length == 0, exchange.fields());
      boolean open = body.length > 0;
      if (open && !exchange.awaitsTheBodysTurn()) {
        connection.data(1, true, body);
      }
      while (true) {
        Message head = head(connection.await(Http2Frame.HEADERS), connection);
        if (!head.first().startsWith("1")) {
          boolean ended = head.rest().equals("END") || exchange == Exchange.PAUSES;
          String rest = ended ? "" : rest(connection);
          messages.add(new Message(head.first(), head.headers(), rest));
          return messages;
        }
        messages.add(head);
        if (exchange.awaitsTheBodysTurn()) {
          connection.data(1, true, body);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Message head(Http2Frame frame, FrameConnection connection) throws IOException {
    assertThat(frame).as("a head").isNotNull();
    Map<String, List<String>> headers = new TreeMap<>();
    for (HeaderBlock.Field field : connection.fields(frame)) {
      headers.computeIfAbsent(field.name(), name -> new ArrayList<>()).add(field.value());
    }
    String status = headers.getOrDefault(":status", List.of("none")).get(0);
    headers.remove(":status");
    return new Message(status, headers, frame.has(Http2Frame.END_STREAM) ? "END" : "");
  }

  private static String rest(FrameConnection connection) throws IOException {
    StringBuilder rest = new StringBuilder();
    while (true) {
      Http2Frame frame = connection.read();
      assertThat(frame).as("the end of the stream").isNotNull();
      if (frame.type() == Http2Frame.DATA) {
        rest.append(new String(frame.content(), StandardCharsets.ISO_8859_1));
      } else if (frame.type() == Http2Frame.HEADERS) {
        rest.append('|').append(head(frame, connection).headers());
      } else {
        assertThat(frame.type()).as("no reset").isNotEqualTo(Http2Frame.RST_STREAM);
        connection.acknowledge(frame);
      }
      if (frame.stream() == 1 && frame.has(Http2Frame.END_STREAM)) {
        return rest.toString();
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
          StandardCharsets.ISO_8859_1);
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
      body.append(new String(client.read(Integer.parseInt(size, 16)), StandardCharsets.ISO_8859_1));
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

  private Set<String> differences(
      Exchange exchange, HttpVersion clientVersion, HttpVersion upstreamVersion, Vertx vertx) {
    Set<String> differences = new TreeSet<>();
    try (FakeUpstream plain = FakeUpstream.http(vertx, this::answer, clientVersion);
        FakeUpstream behind = FakeUpstream.http(vertx, this::answer, upstreamVersion);
        TestProxy proxy =
            new TestProxy(
                vertx,
                behind.port(),
                Duration.ofSeconds(60),
                new RequestHeadReader(() -> ClientTrust.NONE, peer -> false)::read)) {
      boolean http2 = clientVersion == HttpVersion.HTTP_2;
      List<Message> direct =
          http2 ? exchangeByHttp2(plain.port(), exchange) : exchange(plain.port(), exchange);
      Message sent = seen.remove("request");
      List<Message> proxied =
          http2 ? exchangeByHttp2(proxy.port(), exchange) : exchange(proxy.port(), exchange);
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

  /** HTTP/2 frames bodies itself, and knows no reason phrase. */
  private static final Set<String> FRAMING =
      Set.of(
          "request drops transfer-encoding",
          "request drops content-length",
          "request adds content-length",
          "response adds transfer-encoding",
          "response drops content-length",
          "response adds content-length",
          "response drops transfer-encoding",
          "response changes connection");

  private static Stream<Arguments> ways() {
    List<HttpVersion> versions = List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
    return Stream.of(Exchange.values())
        .flatMap(
            exchange ->
                versions.stream()
                    .flatMap(
                        from -> versions.stream().map(to -> Arguments.of(exchange, from, to))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void changesNothingButWhatIsMeant(Exchange exchange, HttpVersion client, HttpVersion upstream) {
    Set<String> differences = differences(exchange, client, upstream, VERTX);
    if (upstream == HttpVersion.HTTP_2 || client == HttpVersion.HTTP_2) {
      differences.removeAll(FRAMING);
    }
    if (client == HttpVersion.HTTP_2 && exchange.content().length > 0) {
      differences.remove("request adds transfer-encoding"); // a body of unknown length
    }
    assertThat(MEANT.keySet()).containsAll(differences);
    if (exchange.name().contains("PROXY")) {
      assertThat(differences).as("back ends compare it").doesNotContain("request changes host");
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
