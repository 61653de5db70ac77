package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.CertificateUsers;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.request.RefusedException;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S82")
@DisplayName("Who comes by the break-glass listener (L-81)")
final class HolderResolverTest extends IdentityFixture {
  private static final TestAuthority ADMINS = TestAuthority.named("admins");
  private static final TestCertificate ANN =
      ADMINS.leaf("ann").organization("on-call").forClients().issue();

  private final CertificateUsers users =
      new CertificateUsers(List.of(ADMINS.own().certificate()), Set.of("on-call"), clock);
  private boolean examined = true;

  /** The authorities of everybody's listener mean nothing here. */
  @Override
  ClientTrust trust() {
    ClientTrust main = super.trust();
    return new ClientTrust(
        List.of(), List.of(), List.of(), main.accepted(), main.upstream(), main.upstreamKnown());
  }

  private Future<Identity> resolve(String modes, ClientRequest request) throws RefusedException {
    return new HolderResolver(
            users,
            UpstreamIdentityPolicy.parse(List.of(modes.split(",")), true, true),
            this::trust,
            () -> examined)
        .resolve(read(request), LIST);
  }

  private RefusedException refused(String modes, ClientRequest request) throws RefusedException {
    return (RefusedException) resolve(modes, request).cause();
  }

  @ParameterizedTest
  @CsvSource({
    "auto, REQUEST_HEADER, X-Remote-User",
    "impersonation, IMPERSONATION, Impersonate-User"
  })
  void tellsUpstreamWhoHoldsTheCertificate(String modes, Mode mode, String header)
      throws RefusedException {
    Identity identity = resolve(modes, Heads.from(ANN)).result();

    assertThat(identity.mode()).isEqualTo(mode);
    assertThat(identity.effective()).isEqualTo(identity.authenticated());
    assertThat(lines(identity))
        .contains(header + ": ann", header.replace("User", "Group") + ": on-call");
    assertThat(upstream.asked).isEmpty();
    assertThat(upstream.reviewed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "impersonation"})
  void looksAtNoOtherCredential(String modes) throws RefusedException {
    Identity identity =
        resolve(
                modes,
                Heads.from(
                    ANN,
                    "Authorization: Bearer bob-token",
                    "X-Remote-User: root",
                    "X-Remote-Uid: 0"))
            .result();

    assertThat(identity.authenticated().name()).isEqualTo("ann");
    assertThat(lines(identity)).noneMatch(line -> line.contains("bob") || line.contains("root"));
    assertThat(refused(modes, Heads.http1("Authorization: Bearer bob-token")).code())
        .isEqualTo(401);
    assertThat(refused(modes, Heads.from(PROXY, "X-Remote-User: ann")).code()).isEqualTo(401);
    assertThat(refused(modes, Heads.from(ALICE)).code()).isEqualTo(401);
    assertThat(upstream.asked).isEmpty();
    assertThat(upstream.reviewed).isEmpty();
  }

  @Test
  void actsAsNobodyElse() throws RefusedException {
    RefusedException refusal = refused("auto", Heads.from(ANN, "Impersonate-User: bob"));

    assertThat(refusal.code()).isEqualTo(403);
    assertThat(refusal.rule()).isEqualTo("impersonation");
  }

  @Test
  @Tag("S09")
  void impersonatesNobodyBeforeTheProxysOwnCredentialWasExamined() throws RefusedException {
    examined = false;

    RefusedException refusal = refused("impersonation", Heads.from(ANN));
    assertThat(refusal.code()).isEqualTo(503);
    assertThat(refusal.rule()).isEqualTo("upstream-not-examined");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(resolve("auto", Heads.from(ANN)).result().mode()).isEqualTo(Mode.REQUEST_HEADER);

    upstreamHeadersKnown = false;
    assertThat(refused("auto", Heads.from(ANN)).rule()).isEqualTo("upstream-not-examined");
    assertThat(refused("request-header", Heads.from(ANN)).rule())
        .isEqualTo("upstream-headers-unknown");
  }
}
