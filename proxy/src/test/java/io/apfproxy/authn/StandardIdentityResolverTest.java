package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.head.WebSocketProtocols;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 5 of security.md, on virtual time and a fake upstream. */
final class StandardIdentityResolverTest extends IdentityFixture {
  @Test
  void passesABearerTokenThrough() throws RefusedException {
    Identity bob = identity("auto", Heads.http1("Authorization: bearer bob-token"));
    assertThat(bob.mode()).isEqualTo(Mode.PASS_THROUGH);
    assertThat(bob.effective())
        .isEqualTo(new UserInfo("bob", "7", List.of("dev", UserInfo.AUTHENTICATED), Map.of()));
    assertThat(lines(bob)).containsExactly("Authorization: Bearer bob-token");
  }

  @Test
  @Tag("S04")
  void usesNoRequestHeadersBeforeItIsKnownWhichOnesUpstreamBelieves() throws RefusedException {
    upstreamHeadersKnown = false;
    assertThat(identity("auto", Heads.from(ALICE)).mode()).isEqualTo(Mode.IMPERSONATION);
    assertThat(identity("auto", Heads.http1("Authorization: Bearer bob-token")).mode())
        .isEqualTo(Mode.PASS_THROUGH);
    RefusedException refusal = refusal("request-header", Heads.from(ALICE));
    assertThat(refusal.code()).isEqualTo(503);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(refusal("request-header,pass-through", Heads.from(ALICE)).code()).isEqualTo(503);
    upstreamHeadersKnown = true;
    assertThat(identity("request-header", Heads.from(ALICE)).mode()).isEqualTo(Mode.REQUEST_HEADER);
  }

  /** A line of the client's that the new names protect was an ordinary one, and would go on. */
  @Test
  @Tag("S04")
  void tellsNobodyInHeadersThatTheHeadWasNotReadBy() throws RefusedException {
    upstreamReadsUid = false;
    StandardIdentityResolver resolver = resolver("request-header");
    RequestHead head = read(Heads.from(ALICE, "Authorization: Bearer bob-token"));
    upstreamReadsUid = true;
    Future<Identity> changed = resolver.resolve(head, LIST);
    assertThat(changed.failed()).isTrue();
    assertThat(((RefusedException) changed.cause()).code()).isEqualTo(503);
    assertThat(resolver.resolve(read(Heads.from(ALICE)), LIST).succeeded()).isTrue();
  }

  @Test
  @Tag("S04")
  void judgesByTheTrustThatTheHeadWasReadByHoweverLongAReviewTakes() throws RefusedException {
    for (boolean sameHeaders : List.of(true, false)) {
      upstreamReadsUid = true;
      upstream.late = new CompletableFuture<>();
      StandardIdentityResolver resolver = resolver("request-header");
      Future<Identity> bob =
          resolver.resolve(read(Heads.http1("Authorization: Bearer bob-token")), LIST);
      authorities = List.of(STRANGERS.own().certificate());
      upstreamReadsUid = sameHeaders;
      upstream.late.complete(Optional.of(UserInfo.of("bob")));
      assertThat(bob.succeeded()).isEqualTo(sameHeaders);
    }
  }

  @Test
  @Tag("S04")
  void countsFrontProxyHeadersOfOthers() throws RefusedException {
    StandardIdentityResolver resolver = resolver("auto");
    String[] claims = {"X-Remote-User: admin", "X-Remote-Group: a", "X-Remote-Group: b"};
    resolver.resolve(read(Heads.http1(claims)), LIST);
    resolver.resolve(read(Heads.from(ALICE, claims)), LIST);
    assertThat(resolver.disbelievedHeaders()).isEqualTo(6);
    resolver.resolve(read(Heads.from(PROXY, claims)), LIST);
    resolver.resolve(read(Heads.http1()), LIST);
    assertThat(resolver.disbelievedHeaders()).isEqualTo(6);
  }

  @Tag("S11")
  @ParameterizedTest(name = "S11: Authorization: {0} -> {1}")
  @CsvSource({
    "Bearer, ''", "'Bearer  bob-token', ''", "bearer bob-token, bob-token",
    "Bearer bob-token junk, bob-token", "Basic Ym9i, ''", "BEARER bob-token, bob-token"
  })
  void findsTheTokenAsUpstreamDoes(String value, String token) throws RefusedException {
    Identity identity = identity("auto", Heads.http1("Authorization: " + value));
    assertThat(identity.authenticated().name())
        .isEqualTo(token.isEmpty() ? "system:anonymous" : "bob");
    assertThat(upstream.reviewed).isEqualTo(token.isEmpty() ? List.of() : List.of(token));
    assertThat(lines(identity))
        .isEqualTo(token.isEmpty() ? List.of() : List.of("Authorization: Bearer " + token));
  }

  @Tag("S11")
  @Test
  void refusesBadTokenAlthoughAnonymousIsOn() throws RefusedException {
    RefusedException refusal = refusal("auto", Heads.http1("Authorization: Bearer wrong"));
    assertThat(refusal.code()).isEqualTo(401);
    assertThat(refusal.reason()).isEqualTo("Unauthorized");
  }

  @Tag("S10")
  @Test
  void answersFailedReviewWith503AndNeverAnonymous() throws RefusedException {
    upstream.down = true;
    RefusedException refusal = refusal("auto", Heads.http1("Authorization: Bearer bob-token"));
    assertThat(refusal.code()).isEqualTo(503);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
  }

  @Tag("S17")
  @Test
  void letsAnonymousThroughOnlyIfTheFlagSaysSo() throws RefusedException {
    Identity nobody = identity("request-header", Heads.http1());
    assertThat(nobody.mode()).isEqualTo(Mode.PASS_THROUGH);
    assertThat(nobody.effective()).isEqualTo(UserInfo.ANONYMOUS);
    assertThat(lines(nobody)).isEmpty();
    anonymous = false;
    assertThat(refusal("auto", Heads.http1()).code()).isEqualTo(401);
  }

  @Test
  void assertsClientCertificateByRequestHeaders() throws RefusedException {
    Identity alice = identity("auto", Heads.from(ALICE));
    assertThat(alice.mode()).isEqualTo(Mode.REQUEST_HEADER);
    assertThat(alice.authenticated().groups())
        .containsExactly("dev", "ops", UserInfo.AUTHENTICATED);
    assertThat(lines(alice))
        .startsWith(
            "X-Remote-User: alice",
            "X-Remote-Group: dev",
            "X-Remote-Group: ops",
            "X-Remote-Group: system:authenticated")
        .hasSize(5)
        .last()
        .asString()
        .matches(
            "X-Remote-Extra-authentication\\.kubernetes\\.io%2Fcredential-id:"
                + " X509SHA256=[0-9a-f]{64}");
  }

  @Tag("S12")
  @Test
  void prefersTheCertificateOverTheToken() throws RefusedException {
    for (String token : List.of("bob-token", "wrong")) {
      Identity alice = identity("auto", Heads.from(ALICE, "Authorization: Bearer " + token));
      assertThat(alice.authenticated().name()).isEqualTo("alice");
      assertThat(lines(alice)).noneMatch(line -> line.startsWith("Authorization"));
    }
    assertThat(upstream.reviewed).isEmpty();
  }

  @Tag("S12")
  @Test
  void triesTheTokenAfterABadCertificate() throws RefusedException {
    TestCertificate stranger = STRANGERS.leaf("alice").forClients().issue();
    assertThat(
            identity("auto", Heads.from(stranger, "Authorization: Bearer bob-token"))
                .authenticated()
                .name())
        .isEqualTo("bob");
    assertThat(refusal("auto", Heads.from(stranger)).code()).isEqualTo(401);
  }

  @Tag("S05")
  @Tag("S07")
  @Tag("S18")
  @Test
  void refusesCertificatesThatAreNotForThis() throws RefusedException {
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    List<TestCertificate> bad =
        List.of(
            USERS.leaf("x").forServers("x").issue(),
            USERS.leaf("x").forClients().valid(now.minus(day), now.minusSeconds(60)).issue(),
            USERS.leaf("x").forClients().valid(now.plusSeconds(600), now.plus(day)).issue(),
            PROXIES.leaf("x").forClients().issue(),
            STRANGERS.leaf("x").forClients().issue(),
            USERS
                .leaf("x")
                .attribute("1.3.6.1.4.1.57683.2", "1")
                .attribute("1.3.6.1.4.1.57683.2", "2")
                .forClients()
                .issue());
    for (TestCertificate certificate : bad) {
      assertThat(refusal("auto", Heads.from(certificate)).code())
          .as("%s", certificate.certificate())
          .isEqualTo(401);
    }
  }

  /** Source: kube-apiserver, where a certificate that is no front proxy's is a bad one at first. */
  @Tag("S05")
  @Test
  void takesACertificateOfNobodyForABadOneWhereThereAreFrontProxies() throws RefusedException {
    TestCertificate nobody = USERS.leaf("").organization("dev").forClients().issue();

    assertThat(refusal("auto", Heads.from(nobody)).code()).isEqualTo(401);
    assertThat(refusal("auto", Heads.from(nobody, "X-Remote-User: admin")).code()).isEqualTo(401);
    assertThat(
            identity("auto", Heads.from(nobody, "Authorization: Bearer bob-token"))
                .effective()
                .name())
        .isEqualTo("bob");

    frontProxyAuthorities = List.of();
    assertThat(identity("auto", Heads.from(nobody)).effective()).isEqualTo(UserInfo.ANONYMOUS);

    frontProxyAuthorities = List.of(USERS.own().certificate());
    assertThat(refusal("auto", Heads.from(nobody)).code()).as("not by this name").isEqualTo(401);
  }

  @Tag("S18")
  @Test
  void endsACertificateOnALivingConnection() throws RefusedException {
    StandardIdentityResolver resolver = resolver("auto");
    RequestHead head = read(Heads.from(ALICE));
    assertThat(resolver.resolve(head, LIST).succeeded()).isTrue();
    clock.advance(Duration.ofHours(25));
    assertThat(resolver.resolve(head, LIST).failed()).isTrue();
  }

  /** A resumed TLS session brings its old certificate along, which proves nothing by that. */
  @Tag("S19")
  @Test
  void endsACertificateWhenItsAuthorityIsTrustedNoLonger() throws RefusedException {
    StandardIdentityResolver resolver = resolver("auto");
    RequestHead head = read(Heads.from(ALICE));
    assertThat(resolver.resolve(head, LIST).succeeded()).isTrue();
    authorities = List.of(STRANGERS.own().certificate());
    assertThat(resolver.resolve(read(Heads.from(ALICE)), LIST).failed()).isTrue();
  }

  @Tag("S07")
  @Test
  void readsUidFromTheCertificate() throws RefusedException {
    TestCertificate carol =
        USERS.leaf("carol").attribute("1.3.6.1.4.1.57683.2", "u-1").forClients().issue();
    assertThat(lines(identity("auto", Heads.from(carol)))).contains("X-Remote-Uid: u-1");
    upstreamReadsUid = false;
    Identity impersonated = identity("auto", Heads.from(carol));
    assertThat(impersonated.mode()).as("S07").isEqualTo(Mode.IMPERSONATION);
    assertThat(lines(impersonated)).contains("Impersonate-Uid: u-1");
    assertThat(refusal("pass-through,request-header", Heads.from(carol)).code()).isEqualTo(403);
  }

  @Tag("S04")
  @Tag("S18")
  @Test
  void believesFrontProxyHeadersFromAFrontProxyOnly() throws RefusedException {
    String[] claims = {
      "X-Remote-User: dave",
      "X-Remote-Uid: 9",
      "X-Remote-Group: g1",
      "X-Remote-Group: g2",
      "X-Remote-Extra-Acme%2fA: v"
    };
    Identity dave = identity("auto", Heads.from(PROXY, claims));
    assertThat(dave.authenticated())
        .isEqualTo(
            new UserInfo(
                "dave",
                "9",
                List.of("g1", "g2", UserInfo.AUTHENTICATED),
                Map.of("acme/a", List.of("v"))));
    assertThat(identity("auto", Heads.from(ALICE, claims)).authenticated().name())
        .isEqualTo("alice");
    assertThat(identity("auto", Heads.http1(claims)).authenticated()).isEqualTo(UserInfo.ANONYMOUS);
    TestCertificate other = PROXIES.leaf("other").forClients().issue();
    assertThat(refusal("auto", Heads.from(other, claims)).code()).isEqualTo(401);
  }

  @Tag("S05")
  @Test
  void takesAFrontProxyWithoutUserForNobody() throws RefusedException {
    assertThat(refusal("auto", Heads.from(PROXY, "X-Remote-Group: g")).code()).isEqualTo(401);
    assertThat(refusal("auto", Heads.from(PROXY, "X-Remote-User:")).code()).isEqualTo(401);
  }

  @Tag("S06")
  @ParameterizedTest(name = "S06: {0}")
  @ValueSource(strings = {"\u0141ukasz", "j\u00f6rg", "\u6771\u4eac", "a,b"})
  void writesNamesAsUtf8Bytes(String name) throws RefusedException {
    TestCertificate certificate = USERS.leaf(name.replace(",", "\\,")).forClients().issue();
    Identity identity = identity("auto", Heads.from(certificate));
    assertThat(identity.authenticated().name()).isEqualTo(name.replace(",", "\\,"));
    String value = identity.assertion().user().getValue();
    assertThat(value.chars()).allMatch(c -> c < 256);
    assertThat(new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .isEqualTo(identity.authenticated().name());
  }

  @Tag("S06")
  @ParameterizedTest(name = "S06: <{0}>")
  @ValueSource(strings = {"admin ", " admin", "a\nb", "\tadmin", "a\u0000"})
  void refusesNamesThatWouldArriveChanged(String name) throws RefusedException {
    upstream.users.put("t", UserInfo.of(name));
    upstream.users.put("g", UserInfo.of("u", name));
    upstream.users.put("e", UserInfo.of("u", ""));
    for (String mode : List.of("request-header", "impersonation")) {
      for (String token : List.of("t", "g", "e")) {
        assertThat(refusal(mode, Heads.http1("Authorization: Bearer " + token)).code())
            .isEqualTo(403);
      }
    }
    assertThat(lines(identity("auto", Heads.http1("Authorization: Bearer t"))))
        .containsExactly("Authorization: Bearer t");
  }

  @Tag("S07")
  @Test
  void refusesIdentitiesOverTheBound() throws RefusedException {
    String[] groups = IntStream.range(0, 3000).mapToObj(i -> "g" + i).toArray(String[]::new);
    upstream.users.put("t", UserInfo.of("u", groups));
    assertThat(refusal("request-header", Heads.http1("Authorization: Bearer t")).code())
        .isEqualTo(403);
  }

  @Tag("S13")
  @Test
  void readsTheTokenOfAWebSocket() throws RefusedException {
    String token =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("bob-token".getBytes(StandardCharsets.UTF_8));
    String[] upgrade = {"Connection: Upgrade", "Upgrade: websocket"};
    String bearer = WebSocketProtocols.BEARER;
    String good = "Sec-WebSocket-Protocol: " + bearer + token + ", v5.channel.k8s.io";
    Identity bob = identity("auto", Heads.http1(with(good, upgrade)));
    assertThat(bob.authenticated().name()).as("S13").isEqualTo("bob");
    assertThat(lines(bob)).containsExactly("Authorization: Bearer bob-token");
    for (String bad :
        List.of(
            bearer + token,
            bearer + token + ", " + bearer + token + ", v5.channel.k8s.io",
            bearer + token + "=, v5.channel.k8s.io",
            bearer + "!!, v5.channel.k8s.io",
            bearer + "YQ0KYg, v5.channel.k8s.io",
            bearer + "d3Jvbmc, v5.channel.k8s.io")) {
      assertThat(
              refusal("auto", Heads.http1(with("Sec-WebSocket-Protocol: " + bad, upgrade))).code())
          .as(bad)
          .isEqualTo(401);
    }
    assertThat(identity("auto", Heads.http1(good)).authenticated())
        .as("without upgrade it is no credential")
        .isEqualTo(UserInfo.ANONYMOUS);
  }

  @Tag("S15")
  @Test
  void checksATokenAnewOnceUpstreamRefusedIt() throws RefusedException {
    StandardIdentityResolver resolver = resolver("auto");
    RequestHead head = read(Heads.http1("Authorization: Bearer bob-token"));
    resolver.resolve(head, LIST);
    upstream.users.clear();
    assertThat(resolver.resolve(head, LIST).succeeded()).isTrue();
    resolver.upstreamRefused(head);
    assertThat(resolver.resolve(head, LIST).failed()).isTrue();
  }
}
