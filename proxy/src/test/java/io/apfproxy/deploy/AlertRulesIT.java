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
import java.util.ArrayList;
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
 * computes. Specifications limits.md L-33, L-55, L-95, and seeing.md V-111 to V-118.
 */
class AlertRulesIT {
  private static final List<String> TESTS = List.of("alerts.test.yaml", "week.test.yaml");

  @TempDir Path directory;

  @Test
  void everyAlertFiresOnItsOwnSeriesOnly() throws Exception {
    Optional<Path> promtool = Promtool.find();
    assumeThat(promtool).as("promtool, of Debian's package prometheus").isPresent();
    new ObjectMapper().writeValue(directory.resolve("rules.yaml").toFile(), rules());
    List<String> command = new ArrayList<>(List.of(promtool.get().toString(), "test", "rules"));
    for (String tests : TESTS) {
      Files.writeString(directory.resolve(tests), text(tests));
      command.add(tests);
    }

    CommandResult result =
        RunningCommand.start(new ProcessBuilder(command).directory(directory.toFile()))
            .await(Duration.ofMinutes(2));

    assertThat(result.exitCode()).as(result.toString()).isZero();
  }

  @Test
  void noneIsForgotten() throws IOException {
    TreeSet<String> tested =
        Pattern.compile("\\{labels: '\\{(.*)}', value: 1}")
            .matcher(text(TESTS.get(0)) + text(TESTS.get(1)))
            .results()
            .map(sample -> sample.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    TreeSet<String> alerts = new TreeSet<>();
    for (JsonNode group : rules().path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (!rule.has("alert")) {
          continue;
        }
        alerts.add(
            "alertname=\"%s\"".formatted(rule.path("alert").asText())
                + apart(rule, "near")
                + apart(rule, "lost"));
      }
    }
    assertThat(tested).isEqualTo(alerts).hasSizeGreaterThan(10);
  }

  /** A label that tells alerts of one name apart. */
  private static String apart(JsonNode rule, String label) {
    JsonNode value = rule.path("labels").path(label);
    return value.isTextual() ? ", %s=\"%s\"".formatted(label, value.asText()) : "";
  }

  static JsonNode rules() {
    List<JsonNode> objects =
        Chart.objects(
            "{tls: {existingSecret: t}, metrics: {rules: {enabled: true}},"
                + " breakGlass: {enabled: true, clientCaSecret: a, groups: [b]}}");
    return Yaml.named(objects, "PrometheusRule apf-proxy").path("spec");
  }

  private static String text(String tests) throws IOException {
    try (InputStream file =
        Objects.requireNonNull(AlertRulesIT.class.getResourceAsStream("/prometheus/" + tests))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
