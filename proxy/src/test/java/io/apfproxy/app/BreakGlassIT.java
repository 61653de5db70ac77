package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.StartException;
import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestLeaf;
import io.apfproxy.server.log.HeardLog;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in by the break-glass listener, as whom, and who does not. */
@Tag("S82")
@DisplayName("Break-glass listener (L-80, L-81, L-84)")
@Timeout(120)
class BreakGlassIT extends BreakGlassFixture {
  private static final String WHO_AM_I = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  private static final String NAMESPACES = "/api/v1/namespaces";

  @RegisterExtension final HeardLog heard = new HeardLog("io.apfproxy.breakglass");

  private static TestLeaf onCall(TestAuthority authority) {
    return authority.leaf("ann").organization("on-call");
  }

  private static ClientChain chain(TestLeaf leaf) {
    return ClientChain.of(leaf.issue());
  }

  @ParameterizedTest
  @CsvSource({"true, HTTP_2", "true, HTTP_1_1", "false, HTTP_2"})
  void upstreamSeesTheHolderHimself(boolean frontProxy, HttpClient.Version version)
      throws Exception {
    start(frontProxy ? asFrontProxy() : new String[] {"--upstream-identity=impersonation"});
    HttpRequest whoAmI =
        HttpRequest.newBuilder(url(WHO_AM_I))
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}"))
            .build();

    HttpResponse<String> answer = client(ANN, version).send(whoAmI, BodyHandlers.ofString());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonObject user =
        new JsonObject(answer.body()).getJsonObject("status").getJsonObject("userInfo");
    assertThat(user.getString("username")).isEqualTo("ann");
    assertThat(user.getJsonArray("groups")).contains("on-call", "system:authenticated");
  }

  /** Credentials of rows S10 to S21; each would be good, or a 401, by everybody's listener. */
  @Test
  void endsTheHandshakeOfWhoHasNoGoodCertificateOfItsOwnAuthority() throws Exception {
    TestAuthority users = TestAuthority.named("users");
    TestAuthority proxies = TestAuthority.named("proxies");
    start(
        "--client-ca-file=" + Files.writeString(directory.resolve("users.crt"), users.pem()),
        "--requestheader-client-ca-file="
            + Files.writeString(directory.resolve("proxies.crt"), proxies.pem()),
        "--requestheader-username-headers=X-Remote-User");
    Instant now = Instant.now();
    Map<String, TlsClient> strangers =
        Map.of(
            "no certificate", tls(null),
            "everybody's authority", tls(chain(onCall(users).forClients())),
            "an authority of the same name",
                tls(chain(onCall(TestAuthority.named("admins")).forClients())),
            "a front proxy", tls(chain(onCall(proxies).forClients())),
            "ended",
                tls(
                    chain(
                        onCall(ADMINS)
                            .forClients()
                            .valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1))))),
            "not begun",
                tls(
                    chain(
                        onCall(ADMINS)
                            .forClients()
                            .valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2))))),
            "for servers", tls(chain(onCall(ADMINS).forServers("ann"))),
            "nine certificates", tls(ClientChain.unrelated(9)),
            "unreadable", tls(ClientChain.unreadable()));

    strangers.forEach(
        (what, client) ->
            assertThat(
                    code(
                        client,
                        "Authorization: Bearer " + upstream.token("alice"),
                        "X-Remote-User: admin"))
                .as(what)
                .isEqualTo(-1));

    assertThat(code(tls(ClientChain.of(ANN)))).isEqualTo(200);
    assertThat(requests("200")).as("and nobody else's request came in").isEqualTo(1);
    assertThat(requests("401") + requests("403") + requests("none")).isZero();
    assertThat(metric("apf_proxy_responses_total{code=\"200\"}")).isEqualTo(1);
  }

  @Test
  void tellsAHolderOfNoSuchGroupWhy() throws Exception {
    start();

    HttpResponse<String> answer =
        get(ADMINS.leaf("bob").organization("dev").forClients().issue(), NAMESPACES);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("\"kind\":\"Status\"", "names no group that is let in here");
    assertThat(requests("403")).isEqualTo(1);
  }

  @Test
  @Tag("S03")
  @Tag("S04")
  void believesTheCertificateAndNoHeader() throws Exception {
    start(asFrontProxy());

    assertThat(get(ANN, NAMESPACES, "Impersonate-User", "alice").statusCode()).isEqualTo(403);
    assertThat(get(ANN, NAMESPACES, "Impersonate-Group", "system:masters").statusCode())
        .isEqualTo(400);
    TlsClient ann = tls(ClientChain.of(ANN));
    assertThat(code(ann, "Connection: impersonate-user")).isEqualTo(400);
    assertThat(code(ann, "Connection: close, x-remote-user")).isEqualTo(400);
    HttpResponse<String> answer =
        get(
            ANN,
            NAMESPACES,
            "Authorization",
            "Bearer nonsense",
            "X-Remote-User",
            "nobody",
            "X_Remote_User",
            "nobody");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** An authority of administrators vouches for nobody at the other door. */
  @Test
  void isTheOnlyOneToBelieveItsAuthority() throws Exception {
    start("--client-ca-file=" + upstream.caFile());

    HttpClient everybodys =
        LocalProxy.client(proxy, HttpClient.Version.HTTP_2, ANN.keyManagers().getKeyManagers());
    HttpRequest request = HttpRequest.newBuilder(LocalProxy.url(proxy, NAMESPACES)).build();

    assertThat(everybodys.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
  }

  @Test
  void believesANewAuthorityAndNoLongerTheOldOne() throws Exception {
    start();
    HttpClient ann = client(ANN, HttpClient.Version.HTTP_2);
    HttpRequest request = HttpRequest.newBuilder(url(NAMESPACES)).build();
    assertThat(ann.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    TestAuthority next = TestAuthority.named("next");

    Files.writeString(directory.resolve("admins.crt"), next.pem());

    await().atMost(LONG).until(() -> code(tls(chain(onCall(next).forClients()))) == 200);
    assertThat(ann.send(request, BodyHandlers.ofString()).statusCode())
        .as("by the connection that is open")
        .isEqualTo(401);
    assertThat(code(tls(ClientChain.of(ANN)))).isEqualTo(-1);

    Files.writeString(directory.resolve("admins.crt"), "nonsense");
    assertThat(code(tls(chain(onCall(next).forClients())))).isEqualTo(200);
  }

  @Test
  void logsAndCountsEachRequest() throws Exception {
    start();

    get(ANN, NAMESPACES + "?limit=1&token=secret");

    await().atMost(LONG).until(() -> heard.events().size() == 2);
    JsonObject begins = json(0, "begins ");
    JsonObject ends = json(1, "ends ");
    assertThat(begins.getString("user")).isEqualTo("ann");
    assertThat(begins.getJsonArray("groups")).contains("on-call");
    assertThat(begins.getString("address")).isEqualTo("127.0.0.1");
    assertThat(begins.getString("certificate"))
        .isEqualTo(ANN.certificate().getSerialNumber().toString(16));
    assertThat(begins.getString("verb")).isEqualTo("list");
    assertThat(begins.getString("path")).isEqualTo(NAMESPACES + "?limit=1&…=…");
    assertThat(ends.getString("auditId")).isNotEmpty().isEqualTo(begins.getString("auditId"));
    assertThat(ends.getInteger("code")).isEqualTo(200);
    assertThat(requests("200")).isEqualTo(1);
    assertThat(metric("apf_proxy_break_glass_connections")).isEqualTo(1);
    assertThat(metric("apf_proxy_break_glass_seats_in_use")).isZero();
    assertThat(metric("apf_proxy_break_glass_ca_days_left")).isBetween(3640.0, 3650.0);
  }

  private JsonObject json(int line, String start) {
    String text = heard.events().get(line).getFormattedMessage();
    assertThat(text).startsWith(start);
    return new JsonObject(text.substring(start.length()));
  }

  @ParameterizedTest
  @CsvSource({"impersonation, upstream-not-examined", "request-header, upstream-headers-unknown"})
  @Tag("S09")
  void vouchesForNobodyBeforeTheUpstreamWasReached(String mode, String rule) throws Exception {
    upstream.close();
    String[] frontProxy = asFrontProxy();
    proxy = ProxyApp.start(options(frontProxy[0], frontProxy[1], "--upstream-identity=" + mode));

    HttpResponse<String> answer = get(ANN, NAMESPACES);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(metric("apf_proxy_refusals_total{code=\"503\",rule=\"" + rule + "\"}")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.crt", "empty.crt"})
  void refusesToStartWithoutAnAuthorityNamingFlagAndFile(String file) throws Exception {
    Files.writeString(directory.resolve("empty.crt"), "");

    assertThatThrownBy(() -> start("--break-glass-client-ca-file=" + directory.resolve(file)))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("--break-glass-client-ca-file " + directory.resolve(file) + " ")
        .hasMessageEndingWith("; expected a file of certificates in PEM")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesToStartIfUpstreamCouldNotBeTold() {
    assertThatThrownBy(() -> start("--upstream-identity=pass-through"))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--break-glass-port: found with --upstream-identity=pass-through, by which upstream"
                + " cannot be told whose a client certificate is, expected request-header with"
                + " --proxy-client-cert-file, or impersonation with a credential of the proxy");
  }

  @Test
  void refusesToStartAtAPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(this::start)
          .isInstanceOf(StartException.class)
          .hasMessage(
              "--break-glass-port: 127.0.0.1 port "
                  + taken.getLocalPort()
                  + " is in use, expected a free one");
    }
    start();
    assertThat(get(ANN, NAMESPACES).statusCode()).isEqualTo(200);
  }
}
