package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.prometheus.Promtool;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each alert of the chart fires on the series of its own and on no other's, as Prometheus itself
 * computes. Specification limits.md L-33, L-55, L-95.
 */
class AlertRulesIT {
  private static final String TESTS = "/prometheus/alerts.test.yaml";

  @TempDir Path directory;

  @Test
  void everyAlertFiresOnItsOwnSeriesOnly() throws Exception {
    Optional<Path> promtool = Promtool.find();
    assumeThat(promtool).as("promtool, of Debian's package prometheus").isPresent();
    new ObjectMapper().writeValue(directory.resolve("rules.yaml").toFile(), rules());
    Path tests = directory.resolve("tests.yaml");
    Files.writeString(tests, tests());

    CommandResult result =
        RunningCommand.start(
                new ProcessBuilder(promtool.get().toString(), "test", "rules", tests.toString())
                    .directory(directory.toFile()))
            .await(Duration.ofMinutes(2));

    assertThat(result.exitCode()).as(result.toString()).isZero();
  }

  @Test
  void noneIsForgotten() throws Exception {
    TreeSet<String> tested =
        Pattern.compile("\\{labels: '\\{(.*)}', value: 1}")
            .matcher(tests())
            .results()
            .map(sample -> sample.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    TreeSet<String> alerts = new TreeSet<>();
    for (JsonNode rule : rules().at("/groups/0/rules")) {
      if (rule.has("alert")) {
        JsonNode near = rule.at("/labels/near");
        alerts.add(
            "alertname=\"%s\"".formatted(rule.path("alert").asText())
                + (near.isTextual() ? ", near=\"%s\"".formatted(near.asText()) : ""));
      }
    }
    assertThat(tested).isEqualTo(alerts).hasSizeGreaterThan(10);
  }

  private static JsonNode rules() {
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, metrics: {rules: {enabled: true}},"
                + " breakGlass: {enabled: true, clientCaSecret: a, groups: [b]}}");
    return Yaml.named(objects, "PrometheusRule apf-proxy").path("spec");
  }

  private static String tests() throws IOException {
    try (InputStream file = Objects.requireNonNull(AlertRulesIT.class.getResourceAsStream(TESTS))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
