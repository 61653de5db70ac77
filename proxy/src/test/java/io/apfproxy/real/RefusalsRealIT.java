package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.Trust;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.fixtures.raw.WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that flow control refuses gets the same answer from the server and from the proxy. */
@RealControlPlane(flags = {"--max-requests-inflight=100", "--max-mutating-requests-inflight=100"})
final class RefusalsRealIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String SHUT = "bob";
  private static final String NARROW = "elephant";
  private static final String SHUT_LEVEL = "shut";
  private static final String NARROW_LEVEL = "narrow";

  private static final List<String> OLD_AND_IMPATIENT =
      List.of(
          "GET " + MAPS + " HTTP/1.0",
          "HEAD " + MAPS + " HTTP/1.1\nHost: a",
          "GET " + MAPS + " HTTP/1.1\nHost: a\nConnection: close",
          "GET "
              + MAPS
              + "?watch=1 HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\n"
              + "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  /** What is asked, and how. */
  private record Asked(String method, String target, String body, List<String> lines) {
    static Asked get(String target, String... lines) {
      return new Asked("GET", target, "", List.of(lines));
    }

    static Asked of(String method, String target, String body) {
      return new Asked(method, target, body, List.of("Content-Type: application/json"));
    }
  }

  @BeforeAll
  static void start(ControlPlane controlPlane) {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    cluster
        .kubectl("admin")
        .runWithInput(TestResources.read("/real/refusals.yaml"), "apply", "-f", "-")
        .orThrow();
    proxy =
        ProxyProcess.start(
            cluster,
            "--flowcontrol-source=builtin,native",
            "--plain-refusals",
            "--max-requests-inflight=100",
            "--max-mutating-requests-inflight=100");
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
  }

  private static Map<String, Asked> askers() {
    Map<String, Asked> all = new LinkedHashMap<>();
    for (String accepted :
        List.of(
            "application/json",
            "application/yaml",
            "application/vnd.kubernetes.protobuf",
            "application/vnd.kubernetes.protobuf,application/json",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            "text/plain",
            "*/*",
            "image/png")) {
      all.put("accepts " + accepted, Asked.get(MAPS, "Accept: " + accepted));
    }
    all.put("accepts nothing in particular", Asked.get(MAPS));
    all.put("takes gzip", Asked.get(MAPS + "?pretty=true", "Accept-Encoding: gzip"));
    all.put("from a page", Asked.get(MAPS, "Origin: https://page.example"));
    all.put("watches", Asked.get(MAPS + "?watch=true", "Accept: application/json;stream=watch"));
    all.put(
        "watches protobuf",
        Asked.get(MAPS + "?watch=1", "Accept: application/vnd.kubernetes.protobuf;stream=watch"));
    all.put("has an audit id", Asked.get(MAPS, "Audit-ID: 7"));
    all.put("no resource", Asked.get("/version"));
    all.put("no such path", Asked.get("/no/such/path"));
    all.put("HEAD", Asked.of("HEAD", MAPS, ""));
    all.put("OPTIONS", Asked.of("OPTIONS", MAPS, ""));
    all.put("POST", Asked.of("POST", MAPS, "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"}"));
    all.put("PUT", Asked.of("PUT", MAPS + "/a", "{}"));
    all.put("PATCH", Asked.of("PATCH", MAPS + "/a", "{}"));
    all.put("DELETE", Asked.of("DELETE", MAPS + "/a", ""));
    return all;
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("try") // somebody holds it, that is all
  void refusesInTheWordsOfTheServer(WireProtocol protocol) {
    SoftAssertions each = new SoftAssertions();
    try (Holder seatOfBoth = seatOfBoth()) {
      askers()
          .forEach(
              (name, asked) ->
                  each.assertThat(proxied(protocol, SHUT, asked))
                      .as(name)
                      .startsWith("429")
                      .isEqualTo(direct(protocol, SHUT, asked)));
    }
    each.assertAll();
  }

  @Test
  @SuppressWarnings("try") // somebody holds it, that is all
  void answersOldAndImpatientClientsAsTheServerDoes() {
    SoftAssertions each = new SoftAssertions();
    try (Holder seatOfBoth = seatOfBoth()) {
      OLD_AND_IMPATIENT.forEach(
          request ->
              each.assertThat(head(proxy.url(), request))
                  .as(request)
                  .contains(" 429 ")
                  .isEqualTo(head(cluster.url(), request)));
    }
    each.assertAll();
  }

  /** It comes again ten times, as it is told to, and then shows the message. */
  @Test
  @Tag("V-25")
  @SuppressWarnings("try") // somebody holds it, that is all
  void isUnderstoodByKubectl() {
    try (ProxyProcess explaining =
        ProxyProcess.start(
            cluster,
            "--flowcontrol-source=builtin,native",
            "--max-requests-inflight=100",
            "--max-mutating-requests-inflight=100")) {
      Kubectl kubectl = explaining.kubectl(SHUT);
      kubectl.run("get", "configmaps").orThrow(); // it knows the kinds from now on
      awaitNobodyAtTheServer(SHUT_LEVEL);
      try (Holder seat = new Holder(explaining.url(), SHUT)) {
        await(() -> inProxy(explaining, "executing", SHUT_LEVEL) == 1);
        assertThat(kubectl.run("get", "configmaps").stderr())
            .contains(
                "(TooManyRequests): too many requests: no seat is free, and requests of this kind"
                    + " do not wait; try again in ");
      }
    }
  }

  /** The only seat at the proxy, and with it the only one at the server. */
  private static Holder seatOfBoth() {
    await(() -> inProxy("executing", SHUT_LEVEL) == 0);
    awaitNobodyAtTheServer(SHUT_LEVEL);
    Holder holder = new Holder(proxy.url(), SHUT);
    await(() -> serverMetrics().contains(sample("executing", SHUT_LEVEL, 1)));
    await(() -> inProxy("executing", SHUT_LEVEL) == 1);
    return holder;
  }

  /** The level has one seat and one place to wait; requests without their body hold both. */
  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("try") // somebody holds it, that is all
  void refusesWhenAQueueIsFullOrTheTimeIsUpAsTheServerDoes(WireProtocol protocol) {
    Asked patient = Asked.get(MAPS + "?timeout=8s"); // of which it waits a quarter
    Map<String, String> server = new LinkedHashMap<>();
    Map<String, String> ours = new LinkedHashMap<>();
    awaitNobodyAtTheServer(NARROW_LEVEL);
    try (Holder seat = new Holder(cluster.url(), NARROW)) {
      await(() -> serverMetrics().contains(sample("executing", NARROW_LEVEL, 1)));
      server.put("time is up", direct(protocol, NARROW, patient));
      try (Holder place = new Holder(cluster.url(), NARROW)) {
        await(() -> serverMetrics().contains(sample("inqueue", NARROW_LEVEL, 1)));
        server.put("queue is full", direct(protocol, NARROW, patient));
      }
    }
    await(() -> serverMetrics().contains(sample("executing", NARROW_LEVEL, 0)));
    try (Holder seat = new Holder(proxy.url(), NARROW)) {
      await(() -> inProxy("executing", NARROW_LEVEL) == 1);
      ours.put("time is up", proxied(protocol, NARROW, patient));
      try (Holder place = new Holder(proxy.url(), NARROW)) {
        await(() -> inProxy("inqueue", NARROW_LEVEL) == 1);
        ours.put("queue is full", proxied(protocol, NARROW, patient));
      }
    }
    await(() -> inProxy("executing", NARROW_LEVEL) == 0);
    assertThat(ours).isEqualTo(server);
    assertThat(server.values()).allMatch(answer -> answer.startsWith("429"));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).until(condition);
  }

  /** Where the request of somebody who has left may end later than it does at the proxy. */
  private static void awaitNobodyAtTheServer(String level) {
    await(() -> !serverMetrics().contains(sample("executing", level, 1)));
  }

  private static String serverMetrics() {
    return cluster.kubectl("admin").run("get", "--raw", "/metrics").orThrow().stdout();
  }

  private static String sample(String state, String level, int number) {
    return "apiserver_flowcontrol_current_%s_requests{flow_schema=\"%s\",priority_level=\"%s\"} %d"
        .formatted(state, level, level, number);
  }

  private static double inProxy(String state, String level) {
    return inProxy(proxy, state, level);
  }

  private static double inProxy(ProxyProcess which, String state, String level) {
    try {
      return which.metric(
          "apiserver_flowcontrol_current_" + state + "_requests",
          "priority_level=\"" + level + "\"");
    } catch (IllegalStateException none) {
      return 0; // nobody has come to the level yet
    }
  }

  /**
   * Somebody whose request takes its seat or its place, and goes no further: more of its body than
   * the proxy reads beforehand is there at once, and the rest comes as fast as a body has to.
   */
  private static final class Holder implements AutoCloseable {
    private static final String PIECE = " ".repeat(8 << 10);

    private final RawClient client;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

    Holder(URI server, String user) {
      client = new RawClient(server.getPort());
      client.send(
          ("POST "
                  + MAPS
                  + " HTTP/1.1\nHost: a\nAuthorization: Bearer "
                  + user
                  + "-token\n"
                  + "Content-Type: application/json\nContent-Length: 3000000\n\n{")
              .replace("\n", "\r\n"));
      client.send(PIECE.repeat(9));
      var unused =
          pace.scheduleWithFixedDelay(() -> client.send(PIECE), 0, 200, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      client.close();
      pace.shutdownNow();
    }
  }

  private static String direct(WireProtocol protocol, String user, Asked asked) {
    return answer(cluster.url(), cluster.pki("ca.crt"), protocol, user, asked);
  }

  private static String proxied(WireProtocol protocol, String user, Asked asked) {
    return answer(proxy.url(), proxy.certificate(), protocol, user, asked);
  }

  private static String answer(
      URI server, Path trusted, WireProtocol protocol, String user, Asked asked) {
    List<String> lines = new ArrayList<>(asked.lines());
    lines.add("Authorization: Bearer " + ControlPlane.token(user));
    try (WireClient client = protocol.client(server, Trust.in(trusted))) {
      WireResponse response =
          client.exchange(
              asked.method(), asked.target(), lines, asked.body().getBytes(StandardCharsets.UTF_8));
      Map<String, List<String>> headers = new TreeMap<>(response.headers());
      headers.remove("x-apf-refused");
      headers.computeIfPresent("date", (name, values) -> List.of("some"));
      headers.computeIfPresent(
          "audit-id",
          (name, values) -> List.of(values.get(0).length() < 30 ? values.get(0) : "some"));
      headers.computeIfPresent(
          "retry-after", (name, values) -> List.of(values.get(0).replaceFirst("^[1-9]\\d?$", "n")));
      return response.status() + " " + headers + "\n" + response.body();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String head(URI server, String request) {
    try (RawClient client = new RawClient(server.getPort())) {
      client.send(
          (request + "\nAuthorization: Bearer " + SHUT + "-token\n\n").replace("\n", "\r\n"));
      return client
          .readHead()
          .lines()
          .filter(line -> !line.startsWith("X-Apf-Refused: "))
          .map(line -> line.replaceFirst("(?i)^(Date|Audit-Id|Retry-After): .*", "$1"))
          .map(line -> line.replaceFirst("(?i)^connection:", "Connection:")) // the library's
          .sorted()
          .reduce("", (all, line) -> all + line + "\n");
    }
  }
}
