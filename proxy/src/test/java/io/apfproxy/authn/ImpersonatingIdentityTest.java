package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.Identity.Mode;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.vertx.core.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code Impersonate-*}: who counts, and what goes upstream. Source: security.md section 5. */
final class ImpersonatingIdentityTest extends IdentityFixture {
  @Test
  void forwardsImpersonationAndClassifiesAsWhoItReallyIsUntilAllowed() throws RefusedException {
    ClientRequest request =
        Heads.http1(
            "Authorization: Bearer bob-token",
            "Impersonate-User: admin",
            "Impersonate-Group: system:masters");
    Identity denied = identity("auto", request);
    assertThat(denied.effective().name()).as("S01").isEqualTo("bob");
    assertThat(lines(denied))
        .containsExactly(
            "Authorization: Bearer bob-token",
            "Impersonate-User: admin",
            "Impersonate-Group: system:masters");
    upstream.allowed.add("bob impersonate users admin");
    assertThat(identity("auto", request).effective().name())
        .as("the group is not allowed")
        .isEqualTo("bob");
    upstream.allowed.add("bob impersonate groups system:masters");
    Identity allowed = identity("auto", request);
    assertThat(allowed.authenticated().name()).isEqualTo("bob");
    assertThat(allowed.effective())
        .isEqualTo(UserInfo.of("admin", "system:masters", UserInfo.AUTHENTICATED));
  }

  @Test
  void classifiesAsWhoItReallyIsWhileReviewsFail() throws RefusedException {
    StandardIdentityResolver resolver = resolver("auto");
    String token = "Authorization: Bearer bob-token";
    assertThat(resolver.resolve(Heads.read(Heads.http1(token)), LIST).succeeded()).isTrue();
    upstream.down = true;
    Identity identity =
        resolver.resolve(Heads.read(Heads.http1(token, "Impersonate-User: admin")), LIST).result();
    assertThat(identity.effective().name()).isEqualTo("bob");
  }

  @Test
  void asksForEverythingAnImpersonatorClaims() throws RefusedException {
    ClientRequest request =
        Heads.from(
            ALICE,
            "Impersonate-User: system:serviceaccount:ns:robot",
            "Impersonate-Uid: 5",
            "Impersonate-Group: g",
            "Impersonate-Extra-Scopes: s");
    refusal("impersonation", request);
    assertThat(upstream.asked.stream().map(FakeReviews::describe))
        .containsExactly(
            "alice impersonate serviceaccounts ns/robot",
            "alice impersonate uids.authentication.k8s.io 5",
            "alice impersonate groups g",
            "alice impersonate userextras.authentication.k8s.io/scopes s");
  }

  @ParameterizedTest
  @CsvSource({
    "system:serviceaccount:ns:robot,"
        + " system:serviceaccounts|system:serviceaccounts:ns|system:authenticated,"
        + " serviceaccounts ns/robot",
    "system:anonymous, system:unauthenticated, users system:anonymous",
    "system:serviceaccount:NS:robot, system:authenticated, users system:serviceaccount:NS:robot",
    "eve, system:authenticated, users eve"
  })
  void givesTheImpersonatedUserTheGroupsUpstreamWould(String user, String groups, String right)
      throws RefusedException {
    upstream.allowed.add("bob impersonate " + right);
    Identity identity =
        identity(
            "auto", Heads.http1("Authorization: Bearer bob-token", "Impersonate-User: " + user));
    assertThat(identity.effective()).isEqualTo(UserInfo.of(user, groups.split("\\|")));
  }

  @Test
  void decidesAboutImpersonationItselfInImpersonationMode() throws RefusedException {
    ClientRequest request = Heads.http1("Authorization: Bearer bob-token", "Impersonate-User: eve");
    RefusedException refusal = refusal("impersonation", request);
    assertThat(refusal.code()).isEqualTo(403);
    assertThat(refusal)
        .hasMessage(
            "users \"eve\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API"
                + " group \"\" at the cluster scope");
    upstream.allowed.add("bob impersonate users eve");
    Identity eve = identity("impersonation", request);
    assertThat(eve.mode()).isEqualTo(Mode.IMPERSONATION);
    assertThat(eve.effective().name()).isEqualTo("eve");
    assertThat(lines(eve))
        .as("S22")
        .containsExactly(
            "Impersonate-User: eve",
            "Impersonate-Group: system:authenticated",
            "Impersonate-Extra-original-user-info.apf-proxy.io:"
                + " {\"username\":\"bob\",\"uid\":\"7\",\"groups\":[\"dev\",\"system:authenticated\"]}");
    StandardIdentityResolver resolver = resolver("impersonation");
    resolver.resolve(Heads.read(Heads.http1("Authorization: Bearer bob-token")), LIST);
    upstream.down = true;
    Future<Identity> unknown = resolver.resolve(Heads.read(request), LIST);
    assertThat(((RefusedException) unknown.cause()).code()).isEqualTo(503);
  }

  @Test
  void refusesTheReservedExtraKeyFromClients() throws RefusedException {
    assertThat(
            refusal(
                    "auto",
                    Heads.http1(
                        "Authorization: Bearer bob-token",
                        "Impersonate-User: eve",
                        "Impersonate-Extra-Original-User-Info.apf-proxy.io: x"))
                .code())
        .isEqualTo(403);
  }

  @Test
  void boundsReviewsOfOneRequest() throws RefusedException {
    String[] groups =
        IntStream.range(0, 500).mapToObj(i -> "Impersonate-Group: g" + i).toArray(String[]::new);
    String[] lines = with("Authorization: Bearer bob-token", with("Impersonate-User: eve", groups));
    assertThat(refusal("impersonation", Heads.http1(lines)).code()).as("S16").isEqualTo(403);
    assertThat(identity("auto", Heads.http1(lines)).effective().name()).isEqualTo("bob");
    assertThat(upstream.asked).isEmpty();
  }
}
