package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The second credential: S09 of the security specification. */
@Tag("S09")
@EnableKubernetesMockClient
class ImpersonatorIT {
  private static final String TOKENS =
      "/api/v1/namespaces/apf-system/serviceaccounts/impersonator/token";
  private static final String RIGHTS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Impersonator impersonator;

  @BeforeEach
  void open() {
    impersonator = new Impersonator("apf-system/impersonator", client, client.getConfiguration());
  }

  @AfterEach
  void close() {
    impersonator.close();
  }

  private void tokenRequestAnswers(String token) {
    server
        .expect()
        .post()
        .withPath(TOKENS)
        .andReturn(
            201, new TokenRequestBuilder().withNewStatus().withToken(token).endStatus().build())
        .once();
  }

  @Test
  void asksForATokenOnceAndActsWithIt() throws Exception {
    tokenRequestAnswers("first");
    assertThat(impersonator.get()).isNull();

    assertThat(impersonator.obtain()).isEmpty();
    assertThat(impersonator.obtain()).as("not asked again").isEmpty();

    assertThat(impersonator.get()).isEqualTo("first");
    server
        .expect()
        .post()
        .withPath(RIGHTS)
        .andReturn(201, new SelfSubjectAccessReviewBuilder().build())
        .once();
    impersonator.client().resource(new SelfSubjectAccessReviewBuilder().build()).create();
    assertThat(server.getLastRequest().getHeaders().get("Authorization")).isEqualTo("Bearer first");
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "403, 'the proxy''s identity may not \"create\" serviceaccounts/token of impersonator'",
    "404, it does not exist",
    "409, code 409", // one of 500 is asked for again and again, for 20 s
  })
  void saysWhatIsMissing(int code, String problem) {
    server.expect().post().withPath(TOKENS).andReturn(code, "").always();

    assertThat(impersonator.obtain())
        .contains(
            "--impersonation-service-account: no token for apf-system/impersonator ("
                + problem
                + ")");
    assertThat(impersonator.get()).isNull();
  }

  @Test
  void keepsTheProxyNotReadyUntilThereIsAToken() {
    server.clearExpectations(); // the mock answers /version with nothing in it until told otherwise
    server
        .expect()
        .get()
        .withPath("/version")
        .andReturn(
            200,
            Map.of(
                "major", "1",
                "minor", "37",
                "gitVersion", "v1.37.1",
                "buildDate", "2026-01-01T00:00:00Z"))
        .always();
    server
        .expect()
        .post()
        .withPath(RIGHTS)
        .andReturn(
            201,
            Map.of(
                "kind", "SelfSubjectAccessReview",
                "apiVersion", "authorization.k8s.io/v1",
                "status", Map.of("allowed", false)))
        .always();
    server.expect().post().withPath(TOKENS).andReturn(404, "").once();
    UpstreamCheck check = new UpstreamCheck(client, impersonator);

    assertThat(check.run())
        .returns(false, UpstreamCheck.Findings::reachable)
        .returns("", UpstreamCheck.Findings::version);
    tokenRequestAnswers("late");

    assertThat(check.run())
        .returns(true, UpstreamCheck.Findings::reachable)
        .returns(false, UpstreamCheck.Findings::tooPowerful);
  }
}
