package io.apfproxy.kube.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.AccessReviewer.Resource;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.kube.access.UpstreamCheck;
import io.apfproxy.kube.watch.ClientTrustSource;
import io.apfproxy.request.UserInfo;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy's own calls against fabric8's mock server; row S10 of security.md. */
@EnableKubernetesMockClient
class KubeReviewsIT {
  private static final String TOKENS = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final String ACCESS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  private static final String PUBLISHED =
      "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // set before each test
  private KubeReviews reviews;

  @BeforeEach
  void open() {
    reviews = new KubeReviews(client);
  }

  @AfterEach
  void close() {
    reviews.close();
  }

  private static <T> T answer(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void tokenReviewAnswers(TokenReviewBuilder review) {
    server.expect().post().withPath(TOKENS).andReturn(201, review.build()).once();
  }

  @Test
  void readsWhoATokenBelongsTo() throws Exception {
    tokenReviewAnswers(
        new TokenReviewBuilder()
            .withNewStatus()
            .withAuthenticated(true)
            .withNewUser()
            .withUsername("alice")
            .withUid("u")
            .withGroups("dev")
            .withExtra(Map.of("k", List.of("v")))
            .endUser()
            .endStatus());
    assertThat(answer(reviews.review("secret")))
        .contains(new UserInfo("alice", "u", List.of("dev"), Map.of("k", List.of("v"))));
    assertThat(server.getLastRequest().getBody().readUtf8()).contains("\"token\":\"secret\"");
  }

  @Test
  void believesNothingButAuthenticatedWithAName() throws Exception {
    tokenReviewAnswers(
        new TokenReviewBuilder().withNewStatus().withAuthenticated(false).endStatus());
    assertThat(answer(reviews.review("t"))).isEmpty();
    tokenReviewAnswers(new TokenReviewBuilder().withNewStatus().withError("bad").endStatus());
    assertThat(answer(reviews.review("t"))).isEmpty();
    tokenReviewAnswers(
        new TokenReviewBuilder()
            .withNewStatus()
            .withAuthenticated(true)
            .withNewUser()
            .withUsername("")
            .endUser()
            .endStatus());
    assertThat(answer(reviews.review("t"))).isEmpty();
  }

  @Test
  void failsWithoutAnAnswerAndKeepsTheTokenToItself() {
    tokenReviewAnswers(new TokenReviewBuilder());
    server.expect().post().withPath(TOKENS).andReturn(403, "").once();
    server.expect().post().withPath(TOKENS).andReturn(500, "").once();
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> answer(reviews.review("secret")))
          .satisfies(e -> assertThat(e.toString()).doesNotContain("secret"));
    }
  }

  private void accessReviewAnswers(boolean allowed) {
    server
        .expect()
        .post()
        .withPath(ACCESS)
        .andReturn(
            201,
            new SubjectAccessReviewBuilder()
                .withNewStatus()
                .withAllowed(allowed)
                .endStatus()
                .build())
        .once();
  }

  @Test
  void asksForAccess() throws Exception {
    accessReviewAnswers(true);
    Question question =
        new Question(
            UserInfo.of("alice", "dev"),
            "impersonate-on:user-info:list",
            new Resource("g", "v1", "pods", "log", "ns", "p", "a=b", "c"));
    assertThat(answer(reviews.allowed(question))).isTrue();
    assertThat(server.getLastRequest().getBody().readUtf8())
        .contains(
            "\"user\":\"alice\"",
            "\"groups\":[\"dev\"]",
            "\"verb\":\"impersonate-on:user-info:list\"",
            "\"group\":\"g\"",
            "\"version\":\"v1\"",
            "\"resource\":\"pods\"",
            "\"subresource\":\"log\"",
            "\"namespace\":\"ns\"",
            "\"name\":\"p\"",
            "\"fieldSelector\":{\"rawSelector\":\"a=b\"}",
            "\"labelSelector\":{\"rawSelector\":\"c\"}");
  }

  @Test
  void asksForAccessToAPath() throws Exception {
    accessReviewAnswers(false);
    Question question = new Question(UserInfo.of("alice"), "get", new Path("/metrics"));
    assertThat(answer(reviews.allowed(question))).isFalse();
    assertThat(server.getLastRequest().getBody().readUtf8())
        .contains("\"nonResourceAttributes\":{\"path\":\"/metrics\",\"verb\":\"get\"}")
        .doesNotContain("resourceAttributes\":{\"g");
  }

  @Test
  void readsWhatTheUpstreamPublishesAndFlagsComeFirst() throws Exception {
    TestAuthority users = TestAuthority.named("users");
    TestAuthority proxies = TestAuthority.named("proxies");
    server
        .expect()
        .get()
        .withPath(PUBLISHED)
        .andReturn(
            200,
            new ConfigMapBuilder()
                .addToData("client-ca-file", users.pem())
                .addToData("requestheader-client-ca-file", proxies.pem())
                .addToData("requestheader-allowed-names", "[\"front\"]")
                .addToData("requestheader-username-headers", "[\"X-U\"]")
                .addToData("requestheader-uid-headers", "[]")
                .addToData("requestheader-group-headers", "[\"X-G\"]")
                .addToData("requestheader-extra-headers-prefix", "[\"X-E-\"]")
                .build())
        .once();
    FrontProxyHeaders names =
        new FrontProxyHeaders(List.of("X-U"), List.of(), List.of("X-G"), List.of("X-E-"));
    ClientTrustSource.Flags noFlags =
        new ClientTrustSource.Flags(null, null, List.of(), FrontProxyHeaders.STANDARD);
    try (ClientTrustSource source = ClientTrustSource.open(noFlags, client)) {
      ClientTrust expected =
          new ClientTrust(
              List.of(users.own().certificate()),
              List.of(proxies.own().certificate()),
              List.of("front"),
              names,
              names,
              true);
      assertThat(source.get()).isEqualTo(expected);
      server.expect().get().withPath(PUBLISHED).andReturn(403, "").once();
      source.refresh();
      assertThat(source.get()).as("the last good version stays").isEqualTo(expected);
    }
  }

  @Test
  void believesNoCertificateWithoutFlagsAndConfigMap() throws Exception {
    server.expect().get().withPath(PUBLISHED).andReturn(403, "").once();
    ClientTrustSource.Flags noFlags =
        new ClientTrustSource.Flags(null, null, List.of(), FrontProxyHeaders.STANDARD);
    try (ClientTrustSource source = ClientTrustSource.open(noFlags, client)) {
      assertThat(source.get()).isEqualTo(ClientTrust.NONE);
      assertThat(source.get().upstreamKnown()).as("H5: no request-header mode yet").isFalse();
      server.expect().get().withPath(PUBLISHED).andReturn(200, publishedUserHeader("X-U")).always();
      source.readAgain();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(source.get().upstreamKnown()).isTrue());
      assertThat(source.get().upstream().user()).containsExactly("X-U");
    }
  }

  private static ConfigMap publishedUserHeader(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("extension-apiserver-authentication")
        .endMetadata()
        .addToData("requestheader-username-headers", "[\"" + name + "\"]")
        .build();
  }

  @Test
  void tellsWhatTheUpstreamLacks() {
    // the mock answers /version with nothing in it until told otherwise
    assertThat(new UpstreamCheck(client, null).run().remarks())
        .singleElement()
        .asString()
        .contains("not as a kube-apiserver does");
    server.clearExpectations();
    server
        .expect()
        .get()
        .withPath("/version")
        .andReturn(
            200,
            Map.of(
                "major",
                "1",
                "minor",
                "37",
                "gitVersion",
                "v1.37.1",
                "buildDate",
                "2026-01-01T00:00:00Z"))
        .once();
    server
        .expect()
        .post()
        .withPath("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        .andReturn(
            201,
            Map.of(
                "kind",
                "SelfSubjectAccessReview",
                "apiVersion",
                "authorization.k8s.io/v1",
                "status",
                Map.of("allowed", false)))
        .times(3);
    UpstreamCheck.Findings findings = new UpstreamCheck(client, null).run();
    assertThat(findings.version()).isEqualTo("v1.37.1");
    assertThat(findings.tooPowerful()).isFalse();
    assertThat(findings.remarks()).hasSize(2).first().asString().contains("tokenreviews");
  }
}
