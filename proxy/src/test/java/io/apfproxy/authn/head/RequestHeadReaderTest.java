package io.apfproxy.authn.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apfproxy.authn.Heads;
import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.request.RefusedException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows S02, S03, S04, S13, S24, S25, S27 of security.md, as far as one head shows them. */
class RequestHeadReaderTest {
  private static RefusedException refused(ClientRequest request) {
    try {
      RequestHead head = Heads.read(request);
      throw new AssertionError("not refused: " + Heads.survivors(head));
    } catch (RefusedException e) {
      return e;
    }
  }

  @Test
  void copiesOrdinaryLinesByteForByte() throws RefusedException {
    RequestHead head =
        Heads.read(
            Heads.http1(
                "Accept: application/json",
                "accept: */*",
                "X-Custom: caf\u00c3\u00a9\t\"x\"",
                "Cookie: a=b",
                "Content-Length: 12"));
    assertThat(Heads.survivors(head))
        .containsExactlyInAnyOrder(
            "Accept: application/json",
            "accept: */*",
            "X-Custom: caf\u00c3\u00a9\t\"x\"",
            "Cookie: a=b",
            "Content-Length: 12");
    assertThat(head.survivors().getAll("accept")).containsExactly("application/json", "*/*");
    assertThat(head.upgrade()).isEmpty();
    assertThat(head.expectContinue()).isFalse();
    assertThat(head.credentials().impersonation()).isNull();
    assertThat(head.credentials().authorization()).isNull();
  }

  @Tag("S24")
  @Tag("S25")
  @Tag("S27")
  @ParameterizedTest(name = "S24 S25 S27: {0}")
  @ValueSource(
      strings = {
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Content-Length: 5",
        "Content-Length: 5|transfer-encoding: chunked",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length: 0x5",
        "Content-Length: 5|Content-Length: 5",
        "Content-Length:",
        "Host: a|Host: a",
        "Host: a b",
        "Host: a/b",
        "Host: user@a",
        "Host:",
        "X(A: 1",
        "X A: 1",
        "X\u00e9: 1",
        "X-A: a\u0000b",
        "X-A: a\r\nX-Remote-User: admin",
        "X-A: a\nb",
        "X-A: a\u007fb",
        "Authorization: Bearer a|Authorization: Bearer b",
        "Upgrade: websocket|Upgrade: websocket|Connection: upgrade"
      })
  void refusesAmbiguousMessages(String lines) {
    RefusedException refusal = refused(Heads.http1(lines.split("\\|")));
    assertThat(refusal.code()).isEqualTo(400);
    assertThat(refusal.reason()).isEqualTo("BadRequest");
    assertThat(refusal.closesConnection()).isTrue();
  }

  @Tag("S27")
  @Test
  void refusesRequestWithoutHost() {
    io.vertx.core.MultiMap none = io.vertx.core.MultiMap.caseInsensitiveMultiMap();
    ClientRequest request = new ClientRequest("GET", none, false, null, List.of(), "192.0.2.1");
    assertThat(refused(request).rule()).isEqualTo("host");
  }

  @Tag("S25")
  @Test
  void acceptsChunkedInAnyCase() throws RefusedException {
    RequestHead head = Heads.read(Heads.http1("Transfer-Encoding: Chunked"));
    assertThat(Heads.survivors(head)).isEmpty();
  }

  @Tag("S27")
  @Tag("S39")
  @ParameterizedTest(name = "S27 S39 over HTTP/2: {0}")
  @ValueSource(
      strings = {
        "transfer-encoding: chunked",
        "connection: close",
        "upgrade: websocket",
        "host: other.example",
        "x-a: a\r\nb",
        "x-a: a\u0000"
      })
  void refusesOverHttp2(String line) {
    assertThat(refused(Heads.http2("proxy.example", line)).code()).isEqualTo(400);
  }

  @Test
  void acceptsHostEqualToAuthority() throws RefusedException {
    RequestHead head =
        Heads.read(Heads.http2("Proxy.example", ":path: /", "host: proxy.example", "accept: x"));
    assertThat(Heads.survivors(head)).containsExactly("accept: x");
  }

  @Tag("S03")
  @ParameterizedTest(name = "S03: Connection: {0}")
  @ValueSource(
      strings = {
        "close, X-Foo ,impersonate-user",
        "Authorization",
        "keep-alive,IMPERSONATE-GROUP",
        "x-remote-user",
        "X_Remote_User",
        "X-Remote-Extra-a",
        "Impersonate-Anything",
        "Audit-ID",
        "X-Forwarded-For",
        "x-real-ip",
        "Host",
        "Content-Length",
        "content-type",
        "Cookie",
        "accept",
        "User-Agent",
        ":path",
        "Sec-WebSocket-Protocol",
        "close x",
        "\u00e9"
      })
  void refusesConnectionThatNamesWhatIsNotItsOwn(String value) {
    assertThat(refused(Heads.http1("Connection: " + value)).rule())
        .isEqualTo("connection-names-header");
    assertThat(refused(Heads.http1("Connection: close", "connection: " + value)).rule())
        .isEqualTo("connection-names-header");
  }

  @Tag("S03")
  @Test
  void dropsHopByHopHeadersAndWhatConnectionNames() throws RefusedException {
    RequestHead head =
        Heads.read(
            Heads.http1(
                "X-Mine: 1",
                "Connection: x-mine, keep-alive, , X-Other",
                "Keep-Alive: 5",
                "Proxy-Connection: x",
                "Proxy-Authorization: x",
                "TE: trailers",
                "Trailer: X-T",
                "HTTP2-Settings: x",
                "Upgrade: h2c",
                "X-Other: 2",
                "X-Kept: 3"));
    assertThat(Heads.survivors(head)).containsExactly("X-Kept: 3");
    assertThat(head.upgrade()).as("the word upgrade is not in Connection").isEmpty();
  }

  @Tag("S29")
  @Tag("S44")
  @Test
  void readsUpgradeAndExpect() throws RefusedException {
    RequestHead head =
        Heads.read(Heads.http1("Connection: Upgrade", "Upgrade: SPDY/3.1", "Expect: 100-Continue"));
    assertThat(head.upgrade()).isEqualTo("SPDY/3.1");
    assertThat(head.expectContinue()).isTrue();
    assertThat(Heads.survivors(head)).isEmpty();
    assertThat(refused(Heads.http1("Expect: 200-ok")).code()).isEqualTo(417);
  }

  @Tag("S04")
  @Tag("S21")
  @ParameterizedTest(name = "S04 S21: {0}")
  @ValueSource(
      strings = {
        "X-Remote-User: admin",
        "x-remote-uid: 0",
        "X-Remote-Group: system:masters",
        "X-Remote-Extra-Scopes: all",
        "X_Remote_User: admin",
        "X-Remote_Extra_Scopes: all",
        "Impersonate_User: admin",
        "Impersonate_Group: system:masters",
        "Impersonate_Extra-a: b",
        "Audit-ID: chosen",
        "X-Forwarded-For: 10.0.0.1",
        "X-Forwarded-Client-Cert: x",
        "X-Real-Ip: 10.0.0.1",
        "X-Client_Ip: 10.0.0.1",
        "X-SSL-Client-CN: admin",
        "SSL-Client-Verify: SUCCESS",
        "X-Original-URL: /",
        "X-Rewrite-URL: /",
        "X-HTTP-Method-Override: DELETE",
        "X-Apf-Flowschema: exempt",
        "Authorization_: x|Authorization: Basic x"
      })
  void dropsProtectedFamilies(String lines) throws RefusedException {
    RequestHead head = Heads.read(Heads.http1(lines.split("\\|")));
    assertThat(Heads.survivors(head))
        .isEqualTo(lines.contains("|") ? List.of("Authorization_: x") : List.of());
    assertThat(head.credentials().impersonation()).isNull();
  }

  @Tag("S21")
  @Test
  void keepsForwardingHeadersOfTrustedPeersOnly() throws RefusedException {
    RequestHeadReader reader = new RequestHeadReader(() -> ClientTrust.NONE, "192.0.2.1"::equals);
    RequestHead head =
        reader.read(Heads.http1("X-Forwarded-For: 10.0.0.1", "X-Remote-User: admin"));
    assertThat(Heads.survivors(head)).containsExactly("X-Forwarded-For: 10.0.0.1");
  }

  /** They name nobody for kube-apiserver, and back ends behind it build their links with them. */
  @Test
  @Tag("B5")
  void passesForwardingHeadersThatNameNobody() throws RefusedException {
    String[] lines = {
      "Forwarded: for=1", "X-Forwarded-Proto: https", "X-Forwarded-Host: a", "X-Forwarded-Port: 443"
    };
    assertThat(Heads.survivors(Heads.read(Heads.http1(lines)))).containsExactly(lines);
  }

  @Tag("S04")
  @Test
  void dropsAndReadsConfiguredFrontProxyNames() throws RefusedException {
    FrontProxyHeaders names =
        new FrontProxyHeaders(
            List.of("My-User"), List.of("My-Uid"), List.of("My-Group"), List.of("My-Extra-"));
    RequestHead head =
        Heads.read(
            Heads.http1("my-user: u", "My-Group: a", "My-Group: b", "My_User: x", "My-Extra-K: v"),
            names);
    assertThat(Heads.survivors(head)).isEmpty();
    assertThat(head.credentials().frontProxy())
        .containsEntry("my-user", List.of("u"))
        .containsEntry("my-group", List.of("a", "b"))
        .containsEntry("my-extra-k", List.of("v"));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> Heads.read(Heads.http1("My-Uid: 1", "my-uid: 2"), names))
        .satisfies(e -> assertThat(e.code()).isEqualTo(400));
  }

  @Tag("S04")
  @Test
  void seesNewFrontProxyNamesAtOnce() throws RefusedException {
    ClientTrust[] trust = {ClientTrust.NONE};
    RequestHeadReader reader = new RequestHeadReader(() -> trust[0], peer -> false);
    assertThat(Heads.survivors(reader.read(Heads.http1("My-User: u")))).hasSize(1);
    FrontProxyHeaders mine =
        new FrontProxyHeaders(List.of("My-User"), List.of(), List.of(), List.of());
    trust[0] =
        new ClientTrust(List.of(), List.of(), List.of(), FrontProxyHeaders.STANDARD, mine, true);
    assertThat(Heads.survivors(reader.read(Heads.http1("My-User: u")))).isEmpty();
  }

  @Tag("S02")
  @Test
  void readsImpersonation() throws RefusedException {
    RequestHead head =
        Heads.read(
            Heads.http1(
                "IMPERSONATE-USER: \u00c5\u0081ukasz",
                "Impersonate-Uid: 7",
                "Impersonate-Group: a,b",
                "impersonate-group: c",
                "Impersonate-Extra-Scopes: one",
                "impersonate-extra-scopes: two",
                "Impersonate-Extra-acme.com%2Fproject_x: p",
                "Impersonate-Extra-%41: upper",
                "Impersonate-Extra-bad%zz: raw"));
    assertThat(head.credentials().impersonation())
        .isEqualTo(
            new Impersonation(
                "\u0141ukasz",
                "7",
                List.of("a,b", "c"),
                Map.of(
                    "scopes", List.of("one", "two"),
                    "acme.com/project_x", List.of("p"),
                    "A", List.of("upper"),
                    "bad%zz", List.of("raw"))));
    assertThat(Heads.survivors(head)).isEmpty();
  }

  @Tag("S02")
  @ParameterizedTest(name = "S02: {0}")
  @ValueSource(
      strings = {
        "Impersonate-Foo: x",
        "Impersonate-Foo: x|Impersonate-User: u",
        "Impersonate-Uid: 1",
        "Impersonate-Group: g",
        "Impersonate-Extra-a: b",
        "Impersonate-Extra-: b|Impersonate-User: u",
        "Impersonate-User:",
        "Impersonate-User: u|Impersonate-Group:",
        "Impersonate-User: u|impersonate-user: v",
        "Impersonate-User: u|Impersonate-Uid: 1|Impersonate-Uid: 2",
        "Impersonate-User: \u00ff\u00fe"
      })
  void refusesUnclearImpersonation(String lines) {
    assertThat(refused(Heads.http1(lines.split("\\|"))).code()).isEqualTo(400);
    assertThat(refused(Heads.http2("h", lines.split("\\|"))).code()).isEqualTo(400);
  }

  @Tag("S13")
  @Test
  void removesTheBearerEntryOfWebSocketProtocolsOnly() throws RefusedException {
    RequestHead head =
        Heads.read(
            Heads.http1(
                "Sec-WebSocket-Protocol: v5.channel.k8s.io,"
                    + " base64url.bearer.authorization.k8s.io.YQ, v4.channel.k8s.io"));
    assertThat(Heads.survivors(head))
        .containsExactly("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io");
    assertThat(head.credentials().webSocketProtocols())
        .containsExactly(
            "v5.channel.k8s.io", "base64url.bearer.authorization.k8s.io.YQ", "v4.channel.k8s.io");
  }

  @Tag("S31")
  @Test
  void refusesMoreThanAThousandLines() {
    String[] lines =
        IntStream.range(0, 1001).mapToObj(i -> "X-" + i + ": 1").toArray(String[]::new);
    assertThat(refused(Heads.http1(lines)).code()).isEqualTo(431);
  }

  /** Each member becomes a string: 125,000 of a letter are many times what the line takes. */
  @Tag("S31")
  @ParameterizedTest
  @ValueSource(strings = {"Connection", "Sec-WebSocket-Protocol"})
  void refusesMoreThanAThousandMembersOfAList(String name) throws RefusedException {
    Heads.read(Heads.http1(name + ": x" + ",x".repeat(900)));

    String half = name + ": x" + ",x".repeat(500);
    assertThat(refused(Heads.http1(half, half)).code()).isEqualTo(431);
    assertThat(refused(Heads.http1(name + ": " + ",".repeat(1000))).code()).isEqualTo(431);
  }
}
