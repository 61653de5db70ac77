package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

  private static final Vertx VERTX = Vertx.vertx();

  private final SampleServer server = new SampleServer();

  @AfterAll
  static void close() {
    get(VERTX.close());
  }

  private Set<String> differences(
      SampleExchange exchange,
      HttpVersion clientVersion,
      HttpVersion upstreamVersion,
      Vertx vertx) {
    Set<String> differences = new TreeSet<>();
    try (FakeUpstream plain = FakeUpstream.http(vertx, server::answer, clientVersion);
        FakeUpstream behind = FakeUpstream.http(vertx, server::answer, upstreamVersion);
        TestProxy proxy = TestProxy.before(vertx, behind.port()).allRulesOfHeads().start()) {
      boolean http2 = clientVersion == HttpVersion.HTTP_2;
      List<SampleMessage> direct = SampleClient.exchange(http2, plain.port(), exchange);
      SampleMessage sent = server.seen();
      List<SampleMessage> proxied = SampleClient.exchange(http2, proxy.port(), exchange);
      SampleMessage arrived = server.seen();
      arrived.headers().remove("authorization"); // the fake resolver's
      sent.headers().remove("authorization");
      arrived.compare("request", sent, differences);
      assertThat(proxied).as("interim responses and the last one").hasSameSizeAs(direct);
      for (int i = 0; i < direct.size(); i++) {
        proxied.get(i).headers().keySet().removeIf(name -> name.startsWith("x-apf-")); // asked for
        proxied.get(i).compare("response", direct.get(i), differences);
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
    return Stream.of(SampleExchange.values())
        .flatMap(
            exchange ->
                versions.stream()
                    .flatMap(
                        from -> versions.stream().map(to -> Arguments.of(exchange, from, to))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void changesNothingButWhatIsMeant(
      SampleExchange exchange, HttpVersion client, HttpVersion upstream) {
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
