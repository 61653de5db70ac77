package io.apfproxy.authn.who;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.pki.TestLeaf;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("S18")
@Tag("S82")
@DisplayName("Holders of certificates (L-81)")
class CertificateUsersTest {
  private static final TestAuthority ADMINS = TestAuthority.named("admins");

  private final Instant now = Instant.now();
  private final ManualTime clock = ManualTime.at(now);
  private final CertificateUsers users =
      new CertificateUsers(
          List.of(ADMINS.own().certificate()), Set.of("break-glass", "on-call"), clock);

  private static TestLeaf holder() {
    return ADMINS.leaf("ann").organization("dev").organization("on-call").forClients();
  }

  private static List<X509Certificate> chain(TestCertificate leaf) {
    return List.of(leaf.certificate());
  }

  private int refusal(List<X509Certificate> chain) {
    return catchThrowableOfType(RefusedException.class, () -> users.authenticate(chain)).code();
  }

  @Test
  void isWhomTheCertificateNamesWithAllOfItsGroups() throws Exception {
    List<X509Certificate> chain = chain(holder().issue());

    users.check(chain);
    UserInfo ann = users.authenticate(chain).user();

    assertThat(ann.name()).isEqualTo("ann");
    assertThat(ann.groups()).containsExactly("dev", "on-call", UserInfo.AUTHENTICATED);
    assertThat(users.authenticate(chain).byCertificate()).isTrue();
  }

  static Stream<Arguments> strangers() {
    Instant now = Instant.now();
    return Stream.of(
        Arguments.of("of another authority", TestAuthority.named("others").leaf("ann")),
        Arguments.of("of one with the same name", TestAuthority.named("admins").leaf("ann")),
        Arguments.of(
            "that has ended",
            ADMINS.leaf("ann").valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))),
        Arguments.of(
            "that has not begun",
            ADMINS.leaf("ann").valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2)))),
        Arguments.of("for servers", ADMINS.leaf("ann").forServers("ann")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strangers")
  void believesNoCertificate(String what, TestLeaf leaf) {
    TestLeaf named = leaf.organization("on-call");
    List<X509Certificate> chain =
        chain((what.equals("for servers") ? named : named.forClients()).issue());

    assertThatThrownBy(() -> users.check(chain)).isInstanceOf(CertificateException.class);
    assertThat(refusal(chain)).isEqualTo(401);
  }

  @Test
  void believesNobodyWithoutACertificate() {
    assertThatThrownBy(() -> users.check(List.of())).isInstanceOf(CertificateException.class);
    assertThat(refusal(List.of())).isEqualTo(401);
  }

  /** It passes the handshake, so that its holder is told why. */
  @Test
  void refusesWhoIsInNoneOfTheGroups() {
    List<X509Certificate> chain =
        chain(ADMINS.leaf("ann").organization("dev").forClients().issue());

    assertThatCode(() -> users.check(chain)).doesNotThrowAnyException();
    assertThat(refusal(chain)).isEqualTo(403);
  }

  @Test
  void refusesACertificateThatNamesNobody() {
    assertThat(refusal(chain(ADMINS.leaf("").organization("on-call").forClients().issue())))
        .isEqualTo(401);
  }

  /** S18: a handshake of yesterday is worth nothing today. */
  @Test
  void believesACertificateNoLongerThanItLasts() throws Exception {
    List<X509Certificate> chain =
        chain(holder().valid(now.minusSeconds(60), now.plusSeconds(60)).issue());
    users.check(chain);
    users.authenticate(chain);

    clock.advance(Duration.ofSeconds(61));

    assertThat(refusal(chain)).isEqualTo(401);
  }

  @Test
  void believesOnlyTheNewestAuthorities() throws Exception {
    TestAuthority next = TestAuthority.named("next");
    List<X509Certificate> before = chain(holder().issue());
    List<X509Certificate> after =
        chain(next.leaf("ann").organization("on-call").forClients().issue());
    users.authenticate(before);

    users.trust(List.of(next.own().certificate()));

    assertThat(refusal(before)).isEqualTo(401);
    assertThat(users.authenticate(after).user().name()).isEqualTo("ann");
  }
}
