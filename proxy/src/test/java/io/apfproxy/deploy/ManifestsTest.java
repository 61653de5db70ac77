package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.cli.ProxyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ManifestsTest {
  private static final String PROXY = "apf-proxy";
  private static final String IMPERSONATOR = "apf-proxy-impersonator";

  private final List<JsonNode> manifests = Manifests.objects();

  @Test
  void equalTheChartWithItsDefaults() {
    Map<String, JsonNode> expected =
        byName(Chart.objects("{tls: {existingSecret: apf-proxy-tls}, crds: {install: false}}"));
    Map<String, JsonNode> actual = byName(manifests);

    // The chart leaves the namespace to "helm install --create-namespace".
    assertThat(actual.remove("Namespace apf-system")).isNotNull();
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((name, object) -> assertThat(object).as(name).isEqualTo(expected.get(name)));
  }

  private static Map<String, JsonNode> byName(List<JsonNode> objects) {
    Map<String, JsonNode> byName = new TreeMap<>();
    for (JsonNode object : objects) {
      if (object.at("/metadata/labels") instanceof ObjectNode labels) {
        labels.remove(
            List.of("app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"));
      }
      byName.put(Yaml.name(object), object);
    }
    return byName;
  }

  @Test
  void areAllNamedInTheKustomization() throws IOException {
    try (Stream<Path> files = Files.list(Manifests.FOLDER)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(Stream.of("kustomization.yaml"), Manifests.resources()).toList());
    }
  }

  @Test
  void startTheProxyWithFlagsThatItHas() throws Exception {
    ProxyOptions options = ProxyOptions.of(Manifests.arguments(manifests).toArray(String[]::new));

    assertThat(options.flowControl().serverLimit())
        .as("seats of two proxies together")
        .isEqualTo(600 / 2);
    assertThat(options.admin().tls()).as("tokens of scrapers are not sent in the clear").isTrue();
    assertThat(options.upstream().kubeconfig()).as("the pod's service account").isNull();
    assertThat(options.upstream().impersonatingAccount()).isEqualTo("apf-system/" + IMPERSONATOR);
    assertThat(options.upstream().allowPrivilegedImpersonation()).isFalse();
  }

  @Test
  void leaveTimeToDrain() throws Exception {
    ProxyOptions.Shutdown shutdown =
        ProxyOptions.of(Manifests.arguments(manifests).toArray(String[]::new)).shutdown();
    Duration termination = Duration.ofSeconds(pod().path("terminationGracePeriodSeconds").asLong());

    assertThat(termination)
        .isGreaterThanOrEqualTo(shutdown.delay().plus(shutdown.grace()).plusSeconds(10));
    assertThat(shutdown.delay())
        .as("time for the endpoints to forget the pod, after a failed readiness probe")
        .isGreaterThanOrEqualTo(Duration.ofSeconds(5));
  }

  private JsonNode pod() {
    return Yaml.named(manifests, "Deployment apf-proxy").at("/spec/template/spec");
  }

  /** S09 of the security specification. */
  @Tag("S09")
  @Test
  void splitImpersonationFromAllElse() {
    assertThat(pod().path("serviceAccountName").asText()).isEqualTo(PROXY);
    assertThat(rules(PROXY).flatMap(ManifestsTest::verbs))
        .doesNotContain("impersonate", "*", "escalate", "bind");
    assertThat(rules(IMPERSONATOR).flatMap(ManifestsTest::verbs)).containsOnly("impersonate");
    assertThat(
            rules(PROXY)
                .filter(rule -> rule.path("resources").toString().contains("serviceaccounts/token"))
                .map(rule -> rule.path("resourceNames").toString()))
        .as("tokens of one account only")
        .containsExactly("[\"" + IMPERSONATOR + "\"]");
  }

  /** S71 of the security specification. */
  @Tag("S71")
  @Test
  void grantNoWriteToSchemasAndLevels() {
    assertThat(
            rules(PROXY)
                .filter(rule -> rule.path("apiGroups").toString().contains("flowcontrol"))
                .filter(rule -> !rule.path("resources").toString().contains("/status"))
                .flatMap(ManifestsTest::verbs))
        .containsOnly("get", "list", "watch");
  }

  /** Rules of the roles of ours that are bound to a service account. */
  private Stream<JsonNode> rules(String account) {
    return manifests.stream()
        .filter(object -> object.path("kind").asText().endsWith("Binding"))
        .filter(binding -> binding.at("/subjects/0/name").asText().equals(account))
        .map(
            binding ->
                binding.at("/roleRef/kind").asText() + " " + binding.at("/roleRef/name").asText())
        .flatMap(role -> manifests.stream().filter(object -> Yaml.name(object).equals(role)))
        .flatMap(role -> StreamSupport.stream(role.path("rules").spliterator(), false));
  }

  private static Stream<String> verbs(JsonNode rule) {
    return StreamSupport.stream(rule.path("verbs").spliterator(), false).map(JsonNode::asText);
  }
}
