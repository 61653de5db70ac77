package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.act.AccessReviewer;
import io.apfproxy.authn.act.AccessReviews;
import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Impersonate-*}: who counts, and what goes upstream. Source: security.md section 5. */
final class ImpersonatingIdentityTest extends IdentityFixture {
  private static final String LONG = "x".repeat(128 << 10);

  @Test
  @Tag("S01")
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
    assertThat(resolver.resolve(read(Heads.http1(token)), LIST).succeeded()).isTrue();
    upstream.down = true;
    Identity identity =
        resolver.resolve(read(Heads.http1(token, "Impersonate-User: admin")), LIST).result();
    assertThat(identity.effective().name()).isEqualTo("bob");
  }

  @Test
  @Tag("S01")
  @Tag("S02")
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
  @Tag("S01")
  @Tag("S22")
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
    resolver.resolve(read(Heads.http1("Authorization: Bearer bob-token")), LIST);
    upstream.down = true;
    Future<Identity> unknown = resolver.resolve(read(request), LIST);
    assertThat(((RefusedException) unknown.cause()).code()).isEqualTo(503);
  }

  @Test
  @Tag("S01")
  @Tag("S16")
  void asksNothingForStrangers() throws RefusedException {
    upstream.allowed.add("system:anonymous impersonate users admin");
    Identity stranger = identity("auto", Heads.http1("Impersonate-User: admin"));
    assertThat(stranger.effective()).isEqualTo(UserInfo.ANONYMOUS);
    assertThat(lines(stranger)).containsExactly("Impersonate-User: admin");
    assertThat(identity("impersonation", Heads.http1("Impersonate-User: admin")).authenticated())
        .isEqualTo(UserInfo.ANONYMOUS);
    assertThat(upstream.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"impersonation", "auto"})
  @Tag("S16")
  void asksNothingAboutNamesThatAreTooLong(String mode) throws RefusedException {
    String[] claim = {
      "Authorization: Bearer bob-token", "Impersonate-User: eve", "Impersonate-Group: " + LONG
    };
    assertThat(refusal(mode, Heads.http1(claim)).code()).isEqualTo(403);
    assertThat(upstream.asked).isEmpty();
  }

  @Test
  @Tag("S16")
  void remembersAnswersWithoutTheNamesTheyAreAbout() {
    AccessReviews reviews = new AccessReviews(upstream, 64, 1000, 10_000, clock);
    UserInfo bob = UserInfo.of("bob");
    for (int i = 0; i < 1000; i++) {
      var answer =
          reviews.allowed(
              new AccessReviewer.Question(
                  bob,
                  "impersonate",
                  new AccessReviewer.Resource("", "v1", "users", "", "", LONG + i, "", "")));
      assertThat(answer).isCompletedWithValue(false);
    }
    assertThat(reviews.remembered().used().getAsLong())
        .as("of 128 MB of names")
        .isLessThan(1 << 20);
    clock.advance(Duration.ofSeconds(30));
    assertThat(reviews.remembered().used().getAsLong()).as("after the answers' 10 s").isZero();
  }

  @Test
  @Tag("S16")
  void asksForUsersInTurn() {
    List<AccessReviewer.Question> asked = new ArrayList<>();
    AccessReviews reviews =
        new AccessReviews(
            question -> {
              asked.add(question);
              return new CompletableFuture<>();
            },
            64,
            1000,
            1000,
            clock);
    for (int i = 0; i < 5000; i++) {
      var unused = reviews.allowed(question("mallory", "n" + i));
    }
    assertThat(asked).hasSize(52);
    assertThat(reviews.waiting().used().getAsLong()).isEqualTo(1000);
    var honest = reviews.allowed(question("alice", "n"));
    assertThat(asked).last().isEqualTo(question("alice", "n"));
    assertThat(honest).isNotDone();
  }

  private static AccessReviewer.Question question(String user, String name) {
    return new AccessReviewer.Question(
        UserInfo.of(user),
        "impersonate",
        new AccessReviewer.Resource("", "v1", "users", "", "", name, "", ""));
  }

  @Test
  @Tag("S22")
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
  @Tag("S16")
  void boundsReviewsOfOneRequest() throws RefusedException {
    String[] groups =
        IntStream.range(0, 500).mapToObj(i -> "Impersonate-Group: g" + i).toArray(String[]::new);
    String[] lines = with("Authorization: Bearer bob-token", with("Impersonate-User: eve", groups));
    assertThat(refusal("impersonation", Heads.http1(lines)).code()).as("S16").isEqualTo(403);
    assertThat(identity("auto", Heads.http1(lines)).effective().name()).isEqualTo("bob");
    assertThat(upstream.asked).isEmpty();
  }
}
