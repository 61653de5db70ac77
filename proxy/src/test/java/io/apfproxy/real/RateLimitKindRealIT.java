package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.source.ObjectDecoder;
import io.apfproxy.source.RateLimitSamples;
import io.apfproxy.source.RateLimitSamples.Sample;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Rate limits as kubectl sees them: refused where they cannot be, in the proxy's own words, and
 * told what became of them. Source: specification limits.md L-10 to L-13.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
final class RateLimitKindRealIT extends OwnKindsFixture {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String ABSENT =
      "ratelimits.flowcontrol.apf-proxy.io are not served, so there are none";
  private static final Path EXAMPLES =
      Path.of("..", "deploy", "examples").toAbsolutePath().normalize();

  /** It has to do without the kind at first. */
  @BeforeAll
  static void startProxy() {
    define("flowschemas.yaml");
    define("prioritylevelconfigurations.yaml");
    proxy = ProxyProcess.start(cluster, "--flowcontrol-source=builtin,crd");
  }

  @Test
  @Order(1)
  void aClusterWithoutTheKindIsAsWellAsBefore() {
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 1);
    assertThat(proxy.page("/readyz?verbose")).contains("[+]flowcontrol-crd ok");
    await().atMost(SOON).until(() -> proxy.log().contains(ABSENT));
    assertThat(proxy.log()).doesNotContain("ratelimits are not served");
  }

  @Test
  @Order(2)
  void isLookedForAgainAndThenInForce() {
    define("ratelimits.yaml");
    applyExample("ratelimit-tenant-lists.yaml");

    awaitConditions("tenant-lists", "Accepted=True/Valid", "InForce=True/Applied");
    assertThat(proxy.log()).containsOnlyOnce(ABSENT);
    assertThat(inForce()).isEqualTo(1);
  }

  @Test
  @Order(3)
  void theServerAndTheProxySayTheSameOfEachSample() throws Exception {
    ApiClient api =
        ApiClient.withToken(
            cluster.url(), cluster.pki("ca.crt"), ControlPlane.token("admin"), Version.HTTP_2);
    int refused = 0;
    List<Sample> samples = RateLimitSamples.load();
    for (Sample sample : samples) {
      HttpResponse<String> answer =
          api.send(
                  "POST",
                  "/apis/flowcontrol.apf-proxy.io/v1/ratelimits?dryRun=All&fieldValidation=Strict",
                  sample.object().toString(),
                  Map.of(),
                  HttpResponse.BodyHandlers.ofString())
              .get();
      boolean ours = decoded(sample.object());
      assertThat(ours).as("the proxy: %s", sample).isEqualTo(sample.valid());
      boolean theirs = answer.statusCode() == 201;
      assertThat(theirs)
          .as("the API server: %s: %s", sample, answer.body())
          .isEqualTo(sample.valid() || sample.byProxyAlone());
      refused += theirs ? 0 : 1;
      if (!theirs) {
        String message = JSON.readTree(answer.body()).path("message").asText();
        assertThat(message).as("%s", sample).contains(sample.field(), sample.message());
      }
    }
    System.out.printf(
        "RateLimit: %d samples, %d refused by the API server; those it cannot see into: %s%n",
        samples.size(), refused, samples.stream().filter(Sample::byProxyAlone).toList());
  }

  private static boolean decoded(ObjectNode object) {
    return ObjectDecoder.written(object, "here").object().orElseThrow().isValid();
  }

  /**
   * L-34: each as it stands in the folder, and the proxy has nothing to say against it. The level
   * there is {@code BurstRealIT}'s.
   */
  @Test
  @Order(4)
  void kubectlTakesTheExamplesAsWritten() throws Exception {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(EXAMPLES, "ratelimit-*")) {
      for (Path file : files) {
        CommandResult applied =
            kubectl
                .run("apply", "-f", file.toString(), "--validate=strict", "-o", "name")
                .orThrow();
        applied
            .stdout()
            .lines()
            .map(name -> name.substring(name.indexOf('/') + 1))
            .forEach(names::add);
      }
    }

    assertThat(names).hasSizeGreaterThanOrEqualTo(6);
    for (String name : names) {
      awaitConditions(name, "Accepted=True/Valid", "InForce=True/Applied");
    }
  }

  @Test
  @Order(5)
  void showsWhatEachOfThemAllows() {
    String table = kubectl.run("get", "rl").orThrow().stdout();
    System.out.println(table);

    assertThat(table.lines().findFirst().orElseThrow().split(" +"))
        .containsExactly(
            "NAME", "TYPE", "UNIT", "RATE", "LEAK", "PERIOD", "MAX", "KEY", "AGE", "INFORCE");
    assertThat(table.lines())
        .anyMatch(
            line ->
                line.matches(
                    "tenant-lists +TokenBucket +Seats +500 +1m +\\[\"Group\"] +\\S+ +True *"))
        .anyMatch(
            line ->
                line.matches(
                    "namespace-watches +InFlight +Requests +20 +\\[\"Namespace\"] +\\S+ +True *"))
        .anyMatch(
            line ->
                line.matches(
                    "argocd +LeakyBucket +Requests +30 +1s +\\[\"User\",\"UserAgent\"] +\\S+ +True *"));
    assertThat(kubectl.run("get", "apf", "-o", "name").orThrow().stdout())
        .contains("ratelimit.flowcontrol.apf-proxy.io/tenant-lists");
  }

  /** What only the proxy can see: the last valid version stays, and the object says so. */
  @Test
  @Order(6)
  void whatTheProxyAloneRefusesLeavesTheLastValidVersionInForce() {
    patch("rl/argocd", "{\"spec\": {\"sourceAddresses\": [\"300.0.0.0/8\"]}}");

    awaitConditions("argocd", "Accepted=False/Invalid", "InForce=False/LastValidVersion");
    assertThat(message("argocd", "Accepted"))
        .contains("spec.sourceAddresses[0]: is \"300.0.0.0/8\", must be a network such as");
    await()
        .atMost(SOON)
        .until(
            () ->
                kubectl
                    .run("get", "events", "-n", "default", "-o", "wide")
                    .stdout()
                    .contains("ratelimit/argocd"));

    patch("rl/argocd", "{\"spec\": {\"sourceAddresses\": [\"10.0.0.0/8\"]}}");
    awaitConditions("argocd", "Accepted=True/Valid", "InForce=True/Applied");
  }

  /** L-13: W2. */
  @Test
  @Order(7)
  void whatIsSeldomMeantIsInForceAndSaysSo() {
    patch("rl/argocd", "{\"spec\": {\"key\": {\"by\": [\"UserAgent\"]}}}");

    awaitConditions("argocd", "Accepted=True/ValidWithWarning", "InForce=True/Applied");
    assertThat(message("argocd", "Accepted"))
        .startsWith("a client leaves it by calling itself otherwise");
  }

  @Test
  @Order(8)
  void kubectlSaysWhatToWriteInstead() {
    CommandResult refused =
        kubectl.run(
            "patch",
            "rl",
            "argocd",
            "--type=merge",
            "-p",
            "{\"spec\": {\"stage\": \"BeforeAuthentication\"}}");
    System.out.println(refused.stderr());

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr())
        .contains("spec.rules", "who asks is not known before authentication: subjects must be");
  }

  /** S70: whoever installs the definition anew does not mean to be without limits meanwhile. */
  @Test
  @Order(9)
  void limitsOutliveTheirDefinition() {
    double before = inForce();
    assertThat(before).isEqualTo(7);
    kubectl.run("delete", "crd", "ratelimits.flowcontrol.apf-proxy.io", "--timeout=60s").orThrow();

    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 0);
    assertThat(inForce()).isEqualTo(before);

    define("ratelimits.yaml");
    applyExample("ratelimit-bytes.yaml");
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 1);
    await().atMost(SOON).until(() -> inForce() == 1);
  }

  private static void applyExample(String file) {
    kubectl.run("apply", "-f", EXAMPLES.resolve(file).toString()).orThrow();
  }

  private static void awaitConditions(String name, String... expected) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(conditions(name)).containsExactly(expected));
  }

  private static List<String> conditions(String name) throws Exception {
    List<String> conditions = new ArrayList<>();
    for (JsonNode condition : json(name).at("/status/conditions")) {
      conditions.add(
          condition.get("type").asText()
              + "="
              + condition.get("status").asText()
              + "/"
              + condition.get("reason").asText());
    }
    return conditions;
  }

  private static String message(String name, String type) {
    return field("rl/" + name, ".status.conditions[?(@.type==\"" + type + "\")].message");
  }

  private static JsonNode json(String name) throws Exception {
    return JSON.readTree(kubectl.run("get", "rl", name, "-o", "json").orThrow().stdout());
  }
}
