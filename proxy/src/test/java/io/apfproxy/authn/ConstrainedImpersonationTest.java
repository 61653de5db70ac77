package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What kube-apiserver 1.36 and newer adds to {@code Impersonate-*}; the rest is in the vectors. */
final class ConstrainedImpersonationTest extends IdentityFixture {
  private static final String TOKEN = "Authorization: Bearer bob-token";
  private static final ClientRequest AS_NODE =
      Heads.http1(TOKEN, "Impersonate-User: system:node:n1");
  private static final UserInfo NODE =
      UserInfo.of("system:node:n1", "system:nodes", UserInfo.AUTHENTICATED);

  ConstrainedImpersonationTest() {
    constrained = true;
  }

  private List<String> asked() {
    return upstream.asked.stream().map(FakeReviews::describe).toList();
  }

  @Test
  void classifiesANodeWithItsGroup() throws RefusedException {
    upstream.allowed.add("bob impersonate-on:arbitrary-node:list pods ns/");
    upstream.allowed.add("bob impersonate:arbitrary-node nodes.authentication.k8s.io n1");
    assertThat(identity("auto", AS_NODE).effective()).isEqualTo(NODE);
    assertThat(lines(identity("auto", AS_NODE)))
        .as("what upstream decides about")
        .containsExactly(TOKEN, "Impersonate-User: system:node:n1");
    assertThat(lines(identity("impersonation", AS_NODE)))
        .contains("Impersonate-Group: system:nodes", "Impersonate-Group: system:authenticated");
  }

  @Test
  void asksOlderServersForTheOneRightTheyHave() throws RefusedException {
    constrained = false;
    upstream.allowed.add("bob impersonate users system:node:n1");
    assertThat(identity("auto", AS_NODE).effective())
        .isEqualTo(UserInfo.of("system:node:n1", UserInfo.AUTHENTICATED));
    assertThat(asked()).containsExactly("bob impersonate users system:node:n1");
  }

  @Test
  void remembersNothingOfAServerBeforeItsUpgrade() throws RefusedException {
    upstream.allowed.add("bob impersonate users system:node:n1");
    upstream.allowed.add("bob impersonate-on:arbitrary-node:list pods ns/");
    upstream.allowed.add("bob impersonate:arbitrary-node nodes.authentication.k8s.io n1");
    StandardIdentityResolver resolver = resolver("auto");
    constrained = false;
    resolver.resolve(read(AS_NODE), LIST);

    constrained = true;
    assertThat(resolver.resolve(read(AS_NODE), LIST).result().effective()).isEqualTo(NODE);
  }

  @Test
  @Tag("S01")
  void allowsWhatIsAskedForAndNoMore() throws RefusedException {
    ClientRequest asEve = Heads.http1(TOKEN, "Impersonate-User: eve");
    upstream.allowed.add("bob impersonate-on:user-info:list pods ns/");
    upstream.allowed.add("bob impersonate:user-info users.authentication.k8s.io eve");
    StandardIdentityResolver resolver = resolver("auto");
    assertThat(resolver.resolve(read(asEve), LIST).result().effective().name()).isEqualTo("eve");
    for (String url : List.of("/api/v1/namespaces/other/pods", "/healthz")) {
      assertThat(
              resolver
                  .resolve(read(asEve), RecordedRequests.info("GET", url))
                  .result()
                  .effective()
                  .name())
          .as(url)
          .isEqualTo("bob");
    }
  }

  @Test
  void asksOnceHowItWasGrantedLast() throws RefusedException {
    ClientRequest asEve = Heads.http1(TOKEN, "Impersonate-User: eve");
    upstream.allowed.add("bob impersonate users eve");
    StandardIdentityResolver resolver = resolver("auto");
    resolver.resolve(read(asEve), LIST);
    assertThat(asked())
        .containsExactly("bob impersonate-on:user-info:list pods ns/", "bob impersonate users eve");
    upstream.asked.clear();

    resolver.resolve(read(asEve), RecordedRequests.info("GET", "/api/v1/nodes"));
    assertThat(asked()).as("the answer is remembered").isEmpty();
  }

  @Test
  void saysWhatTheFirstWayLacks() throws RefusedException {
    assertThat(refusal("impersonation", Heads.http1(TOKEN, "Impersonate-User: eve<b>")))
        .hasMessage(
            "pods is forbidden: User \"bob\" cannot impersonate-on:user-info:list resource \"pods\""
                + " in API group \"\" in the namespace \"ns\"");
  }

  @Test
  @Tag("S16")
  void boundsTheReviewsOfAllWaysTogether() throws RefusedException {
    String[] groups =
        IntStream.range(0, 40).mapToObj(i -> "Impersonate-Group: g" + i).toArray(String[]::new);
    ClientRequest request = Heads.http1(with(TOKEN, with("Impersonate-User: eve", groups)));
    upstream.allowed.add("bob impersonate-on:user-info:list pods ns/");
    upstream.allowed.add("bob impersonate:user-info users.authentication.k8s.io eve");
    assertThat(identity("auto", request).effective().name()).isEqualTo("bob");
    assertThat(upstream.asked).as("S16").hasSizeLessThanOrEqualTo(64);
  }
}
