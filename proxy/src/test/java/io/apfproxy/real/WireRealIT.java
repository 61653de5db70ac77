package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes sent to the server directly, and through the proxy: the server's answer is expected. */
@RealControlPlane(
    kubelet = true,
    audit = true,
    flags = "--cors-allowed-origins=^https?://good\\.example$")
@SuppressWarnings("StringConcatToTextBlock") // requests as they go over the wire
final class WireRealIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TOKEN = "Authorization: Bearer admin-token\n";
  private static final String POD = "/api/v1/namespaces/default/pods/wire/";
  private static final String LISTED =
      "access-control-allow-origin|access-control-allow-headers|access-control-allow-methods|"
          + "access-control-allow-credentials|access-control-expose-headers|connection|upgrade|"
          + "content-type|cache-control|sec-websocket-accept|sec-websocket-protocol";

  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  @BeforeAll
  static void start(ControlPlane controlPlane) {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    cluster
        .kubectl("admin")
        .runWithInput(
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"wire\"},\"spec\":"
                + "{\"nodeName\":\"fake-node\",\"containers\":[{\"name\":\"main\",\"image\":\"x\"}]}}",
            "apply",
            "-f",
            "-")
        .orThrow();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster
                    .kubectl("admin")
                    .run("get", "pod", "wire", "-o", "jsonpath={.status.phase}")
                    .stdout()
                    .equals("Running"));
    proxy =
        ProxyProcess.start(
            cluster,
            "--trusted-proxies=127.0.0.0/8",
            "--cors-allowed-origins=^https?://good\\.example$");
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
  }

  private static String send(int port, String request) {
    try (RawClient client = new RawClient(port)) {
      client.send(request.replace("\n", "\r\n"));
      String head = client.readHead();
      return head.lines().findFirst().orElse("nothing")
          + head.lines()
              .skip(1)
              .map(line -> line.toLowerCase(Locale.ROOT))
              .filter(line -> line.matches("(" + LISTED + "):.*"))
              .sorted()
              .collect(Collectors.joining("\n", "\n", ""));
    }
  }

  private static void expectAsDirect(String request) {
    assertThat(send(proxy.url().getPort(), request))
        .isEqualTo(send(cluster.url().getPort(), request));
  }

  @ParameterizedTest
  @Tag("B1")
  @ValueSource(
      strings = {
        "GET /healthz HTTP/1.0\n\n",
        "GET /healthz HTTP/1.0\nConnection: keep-alive\n\n",
        "GET /healthz HTTP/1.2\nHost: a\n\n",
        "GET /version HTTP/1.0\nHost: a\nConnection: close\n\n"
      })
  void answersOldClientsAsTheServerDoes(String request) {
    expectAsDirect(request);
  }

  /** What the proxy says itself; of its lengths, its rule and of {@code nosniff} README tells. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/pods HTTP/1.1\nHost: a\nAuthorization: Bearer x\n\n",
        "HEAD /api/v1/pods HTTP/1.1\nHost: a\nAuthorization: Bearer x\n\n",
        "GET /api/v1/pods?timeout=x HTTP/1.1\nHost: a\nAuthorization: Bearer admin-token\n\n",
        "GET /version HTTP/1.1\nHost: a\nOrigin: https://good.example\nAuthorization: Bearer x\n\n",
        "OPTIONS /version HTTP/1.1\nHost: a\nOrigin: https://good.example\n\n"
      })
  void answersItselfWithTheHeadersOfTheServer(String request) {
    assertThat(headers(proxy.url().getPort(), request))
        .isEqualTo(headers(cluster.url().getPort(), request));
  }

  private static Set<String> headers(int port, String request) {
    try (RawClient client = new RawClient(port)) {
      client.send(request.replace("\n", "\r\n"));
      return client
          .readHead()
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("X-Content-Type-Options"))
          .filter(line -> !line.startsWith("X-Apf-Refused: "))
          .map(line -> line.replaceFirst("^(Audit-Id|Date|Content-Length): .*", "$1"))
          .map(line -> line.toLowerCase(Locale.ROOT))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @Tag("B7")
  @CsvSource({
    "GET,/version,websocket",
    "GET,/api/v1/pods,websocket",
    "GET,/version,h2c",
    "GET,/api/v1/namespaces?watch=1&timeoutSeconds=1,SPDY/3.1",
    "GET," + POD + "log,SPDY/3.1",
    "GET," + POD + "exec?command=true&stdout=1,websocket",
    "POST," + POD + "exec?command=true&stdout=1,SPDY/3.1",
    "GET," + POD + "log,websocket"
  })
  void upgradesWhatTheServerUpgrades(String method, String target, String protocol) {
    expectAsDirect(
        method
            + " "
            + target
            + " HTTP/1.1\nHost: a\n"
            + TOKEN
            + "Connection: Upgrade\nUpgrade: "
            + protocol
            + "\nX-Stream-Protocol-Version: v4.channel.k8s.io\nOrigin: https://a\n"
            + "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
            + "Sec-WebSocket-Protocol: "
            + (target.contains("exec") ? "v5.channel.k8s.io" : "binary.k8s.io")
            + (method.equals("POST") ? "\nTransfer-Encoding: chunked\n\n0\n\n" : "\n\n"));
  }

  @ParameterizedTest
  @Tag("B6")
  @ValueSource(
      strings = {
        "OPTIONS /api/v1/pods HTTP/1.1\nHost: a\nOrigin: https://good.example\n"
            + "Access-Control-Request-Method: GET\n\n",
        "OPTIONS /api/v1/pods HTTP/1.1\nHost: a\nOrigin: https://evil.example\n\n",
        "GET /version HTTP/1.1\nHost: a\nOrigin: https://good.example\n\n",
        "GET /version HTTP/1.1\nHost: a\nOrigin: https://good.example\nAuthorization: Bearer x\n\n"
      })
  void letsWebPagesAskAsTheServerDoes(String request) {
    expectAsDirect(request);
  }

  @ParameterizedTest
  @Tag("B5")
  @Tag("B8")
  @Tag("S21")
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.7|192.0.2.7,127.0.0.1",
        "X-Forwarded-For: 198.51.100.1, 192.0.2.7|192.0.2.7,127.0.0.1",
        "X-Real-Ip: 192.0.2.7|192.0.2.7,127.0.0.1",
        "Forwarded: for=192.0.2.7|127.0.0.1"
      })
  void tellsTheAuditLogWhoAskedAProxyInFront(String line, String expected) {
    String id = UUID.randomUUID().toString();
    send(
        proxy.url().getPort(),
        "GET /api/v1/nodes HTTP/1.1\nHost: a\n" + TOKEN + "Audit-ID: " + id + "\n" + line + "\n\n");
    assertThat(sources(id)).isEqualTo(Set.of(expected));
  }

  /** As the server wrote them down, once for each stage. */
  private static Set<String> sources(String auditId) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.auditLog().stream()
                    .map(WireRealIT::parse)
                    .filter(event -> event.path("auditID").asText().equals(auditId))
                    .map(WireRealIT::addresses)
                    .collect(Collectors.toSet()),
            found -> !found.isEmpty());
  }

  private static String addresses(JsonNode event) {
    List<String> addresses = new ArrayList<>();
    event.path("sourceIPs").forEach(address -> addresses.add(address.asText()));
    return String.join(",", addresses);
  }

  private static JsonNode parse(String event) {
    try {
      return JSON.readTree(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
