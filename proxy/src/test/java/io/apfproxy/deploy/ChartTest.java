package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.LintResult;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.tracing.TracingConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "chart");

  @Test
  void hasNothingThatHelmWarnsOf() {
    LintResult result = Chart.lint();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    assertThat(result.getMessages()).noneMatch(line -> line.startsWith("[WARNING]"));
  }

  /** {@code -Dapf.golden=update} writes them anew. */
  @ParameterizedTest
  @ValueSource(strings = {"smallest", "everything"})
  void rendersAsBefore(String name) throws IOException {
    String rendered = Chart.render(Files.readString(GOLDEN.resolve(name + ".in.yaml")));
    Path golden = GOLDEN.resolve(name + ".out.yaml");
    if ("update".equals(System.getProperty("apf.golden"))) {
      Files.writeString(golden, rendered);
    }

    assertThat(rendered).isEqualTo(Files.readString(golden));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{replica: 2}                                            | replica",
        "{replicas: 0}                                           | replicas",
        "{replicas: two}                                         | replicas",
        "{image: {repository: ''}}                               | image",
        "{image: {digest: 'sha256:abc'}}                         | digest",
        "{image: {pullPolicy: Sometimes}}                        | pullPolicy",
        "{flowControl: {maxRequestsInflight: 0}}                 | maxRequestsInflight",
        "{flowControl: {sources: []}}                            | sources",
        "{flowControl: {sources: [builtin], createSuggestedObjects: true}} | sources",
        "{tls: {existingSecret: Under_Score}}                    | existingSecret",
        "{tls: {certManager: {enabled: true}}}                   | issuerRef",
        "{tls: {existingSecret: a, certManager: {enabled: true, issuerRef: {name: b}}}} | tls",
        "{limits: {maxWatches: -1}}                              | maxWatches",
        "{limits: {maxWatch: 1}}                                 | maxWatch",
        "{loadBalancers: {unlimited: [balancer]}}                | unlimited",
        "{corsAllowedOrigins: ['']}                              | corsAllowedOrigins",
        "{breakGlass: {enabled: true, groups: [a]}}              | clientCaSecret",
        "{breakGlass: {enabled: true, clientCaSecret: a}}        | groups",
        "{breakGlass: {port: 6443}}                              | port",
        "{breakGlass: {seats: 0}}                                | seats",
        "{extraArgs: [expose-flow-headers]}                      | extraArgs",
        "{service: {type: ExternalName}}                         | service",
        "{service: {port: 70000}}                                | port",
        "{podDisruptionBudget: {maxUnavailable: 0}}              | maxUnavailable",
        "{networkPolicy: {upstreamPorts: []}}                    | upstreamPorts",
        "{tracing: {endpoint: 'localhost:4317'}}                 | endpoint",
        "{tracing: {samplingRatePerMillion: 1000001}}            | samplingRatePerMillion",
        "{metrics: {readers: [{name: prometheus}]}}              | namespace",
        "{metrics: {rules: {waitSeconds: 0}}}                    | waitSeconds",
        "{metrics: {rules: {nearLimit: 80}}}                     | nearLimit",
      })
  void refusesValuesThatCannotBeMeant(String values, String named) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Chart.render(values))
        .withMessageContaining("values don't meet the specifications of the schema")
        .withMessageContaining(named);
  }

  /** Every combination of identities gives arguments that the proxy takes. */
  @ParameterizedTest
  @CsvSource({
    "true, '', auto",
    "false, '', pass-through",
    "true, front, auto",
    "false, front, 'pass-through,request-header'",
  })
  void tellsTheProxyHowToAssertIdentities(boolean impersonation, String secret, String modes)
      throws Exception {
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, identity: {impersonation: %s, frontProxySecret: '%s'}}"
                .formatted(impersonation, secret));

    ProxyOptions.Upstream upstream =
        ProxyOptions.of(Manifests.arguments(objects).toArray(String[]::new)).upstream();

    assertThat(upstream.identity()).containsExactly(modes.split(",", -1));
    assertThat(upstream.impersonatingAccount() != null).isEqualTo(impersonation);
    assertThat(objects.stream().map(Yaml::name).filter(name -> name.contains("impersonator")))
        .hasSize(impersonation ? 3 : 0);
  }

  @Test
  void sharesTheSeatsAmongTheProxies() throws Exception {
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, replicas: 3, flowControl: {maxRequestsInflight: 1000}}");

    ProxyOptions.FlowControlling flow =
        ProxyOptions.of(Manifests.arguments(objects).toArray(String[]::new)).flowControl();

    assertThat(flow.maxInFlight()).isEqualTo(333);
    assertThat(flow.maxMutatingInFlight()).isEqualTo(66);
  }

  @Test
  void limitsClientsAsTheProxyDoesByItself() throws Exception {
    ProxyOptions byDefault = ProxyOptions.of();

    assertThat(options("{tls: {existingSecret: t}}").limits()).isEqualTo(byDefault.limits());
  }

  @Test
  void limitsClientsAsAskedFor() throws Exception {
    ProxyOptions options =
        options(
            """
            tls: {existingSecret: t}
            limits: {maxConnections: 1000000, maxConnectionsPerAddress: 0, maxWatches: 7}
            loadBalancers: {unlimited: [10.1.0.0/16], trusted: [10.1.0.7]}
            corsAllowedOrigins: ['//a$', '//b$']
            """);

    assertThat(options.limits().connections()).isEqualTo(1_000_000);
    assertThat(options.limits().connectionsPerAddress()).isZero();
    assertThat(options.limits().watches()).isEqualTo(7);
    assertThat(options.limits().unlimited()).hasSize(3);
    assertThat(options.listener().trustedProxies()).hasSize(1);
    assertThat(options.listener().corsAllowedOrigins()).hasSize(2);
  }

  /** L-85: its Service leads to proxies that are not ready too, as it is needed then. */
  @Test
  void givesAdministratorsAListenerOfTheirOwnOnlyIfAsked() throws Exception {
    String values =
        """
        tls: {existingSecret: t}
        breakGlass: {enabled: %s, clientCaSecret: admins-ca, groups: [on-call, sre]}
        """;

    assertThat(options(values.formatted(false)).breakGlass()).isNull();
    assertThat(options(values.formatted(true)).breakGlass())
        .isEqualTo(
            new ProxyOptions.BreakGlass(
                "0.0.0.0",
                7443,
                Path.of("/etc/apf-proxy/break-glass/ca.crt"),
                List.of("on-call", "sre"),
                4));
    List<JsonNode> objects = Chart.objects(values.formatted(true));
    JsonNode service = Yaml.named(objects, "Service apf-proxy-break-glass").path("spec");
    assertThat(service.path("publishNotReadyAddresses").asBoolean()).isTrue();
    assertThat(service.at("/ports/0/port").asInt()).isEqualTo(7443);
    assertThat(Yaml.named(objects, "NetworkPolicy apf-proxy").at("/spec/ingress")).hasSize(3);
  }

  /** V-07, V-97: what the chart writes, the proxy reads, and the pods may reach whom it names. */
  @Test
  void tellsWhereTracesGoOnlyIfAsked(@TempDir Path folder) throws Exception {
    String values = "{tls: {existingSecret: t}, tracing: {endpoint: '%s'}}";
    assertThat(options(values.formatted("")).admin().tracing()).isNull();
    List<JsonNode> objects = Chart.objects(values.formatted("https://collector:4318"));

    assertThat(options(values.formatted("https://collector:4318")).admin().tracing())
        .isEqualTo(Path.of("/etc/apf-proxy/tracing/tracing.yaml"));
    String volume =
        Yaml.named(objects, "Deployment apf-proxy")
            .at("/spec/template/spec/volumes")
            .findValue("configMap")
            .path("name")
            .asText();
    JsonNode config = Yaml.named(objects, "ConfigMap " + volume);
    Path file =
        Files.writeString(folder.resolve("a"), config.path("data").path("tracing.yaml").asText());
    assertThat(TracingConfiguration.read(file))
        .isEqualTo(new TracingConfiguration(URI.create("https://collector:4318/v1/traces"), 1000));
    assertThat(Yaml.named(objects, "NetworkPolicy apf-proxy").at("/spec/egress/1/ports/0/port"))
        .hasToString("4318");
  }

  private static ProxyOptions options(String values) throws Exception {
    return ProxyOptions.of(Manifests.arguments(Chart.objects(values)).toArray(String[]::new));
  }

  /** Helm upgrades them as all else, and never deletes them with what they define. */
  @Test
  void bringsTheDefinitionsOfOurKindsToStay() throws IOException {
    List<JsonNode> definitions =
        Chart.objects("{tls: {existingSecret: t}}").stream()
            .filter(object -> object.path("kind").asText().equals("CustomResourceDefinition"))
            .toList();

    assertThat(definitions).hasSize(3);
    for (JsonNode definition : definitions) {
      ObjectNode metadata = (ObjectNode) definition.path("metadata");
      assertThat(metadata.remove("annotations").path("helm.sh/resource-policy").asText())
          .isEqualTo("keep");
      String plural = definition.at("/spec/names/plural").asText();
      String source = Files.readString(Path.of("..", "crds", plural + ".yaml"));
      assertThat(definition).isEqualTo(Yaml.documents(source).get(0));
    }
  }

  /** Every value can be understood without reading templates. */
  @Test
  void documentsEveryTopLevelValue() throws IOException {
    List<String> lines =
        Files.readAllLines(Chart.FOLDER.resolve("values.yaml"), StandardCharsets.UTF_8);
    JsonNode schema =
        Yaml.documents(Files.readString(Chart.FOLDER.resolve("values.schema.json"))).get(0);

    Stream<String> known =
        lines.stream()
            .filter(line -> line.matches("[a-zA-Z]+:.*"))
            .map(line -> line.split(":", 2)[0]);

    assertThat(known)
        .containsExactlyInAnyOrderElementsOf(
            () -> Stream.of(schema.path("properties")).flatMap(ChartTest::names).iterator());
  }

  private static Stream<String> names(JsonNode properties) {
    List<String> names = new ArrayList<>();
    properties.fieldNames().forEachRemaining(names::add);
    names.remove("global"); // Helm's own
    return names.stream();
  }
}
