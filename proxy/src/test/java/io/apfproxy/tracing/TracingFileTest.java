package io.apfproxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A TracingConfiguration (V-95, V-97)")
class TracingFileTest {
  private static final String HEAD =
      "apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n";

  @TempDir Path folder;

  private TracingConfiguration read(String text) throws Exception {
    return TracingConfiguration.read(Files.writeString(folder.resolve("t.yaml"), text));
  }

  @Test
  void saysWhereToAndHowMany() throws Exception {
    TracingConfiguration expected =
        new TracingConfiguration(URI.create("https://collector:4318/v1/traces"), 100);
    assertThat(read(HEAD + "endpoint: https://collector:4318\nsamplingRatePerMillion: 100\n"))
        .isEqualTo(expected);
    assertThat(
            read(
                """
                {"apiVersion": "apiserver.config.k8s.io/v1beta1", "kind": "TracingConfiguration",
                 "endpoint": "https://collector:4318/", "samplingRatePerMillion": 100}
                """))
        .isEqualTo(expected);
    assertThat(expected.ratio()).isEqualTo(0.0001);
  }

  @Test
  void isTheUsualCollectorAndNoNewTracesIfItDoesNotSay() throws Exception {
    assertThat(read(HEAD))
        .isEqualTo(new TracingConfiguration(URI.create("http://localhost:4318/v1/traces"), 0));
  }

  @Test
  void leavesAPathAsItIs() throws Exception {
    assertThat(read(HEAD + "endpoint: http://[::1]:4318/tenant/v1/traces").endpoint())
        .hasToString("http://[::1]:4318/tenant/v1/traces");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint: localhost:4317|:3: endpoint: found \"localhost:4317\", expected a URL of OTLP over HTTP such as http://localhost:4318",
        "endpoint: dns://a:4317|:3: endpoint: found \"dns://a:4317\", expected a URL of",
        "endpoint: http://|:3: endpoint: found \"http://\", expected a URL of",
        "endpoint: http://user:secret@a|:3: endpoint: found",
        "endpoint: http://a/?b=c|:3: endpoint: found",
        "endpoint: 4318|:3: endpoint: found 4318, expected a URL of",
        "endpoint: \"http://a b\"|:3: endpoint: found \"http://a b\", expected",
        "samplingRatePerMillion: -1|:3: samplingRatePerMillion: found -1, expected a whole number from 0 to 1000000",
        "samplingRatePerMillion: 1000001|:3: samplingRatePerMillion: found 1000001, expected",
        "samplingRatePerMillion: 0.5|:3: samplingRatePerMillion: found 0.5, expected",
        "samplingRatePerMillion: \"10\"|:3: samplingRatePerMillion: found \"10\", expected",
        "samplingRate: 10|:3: samplingRate: found an unknown field, expected one of apiVersion, kind, endpoint, samplingRatePerMillion",
        "kind: Other|:3: found the key \"kind\" a second time, expected a TracingConfiguration",
      })
  void isRefusedInOneLine(String line, String message) {
    assertThatThrownBy(() -> read(HEAD + line))
        .isInstanceOf(TracingFileException.class)
        .hasMessageStartingWith(folder.resolve("t.yaml") + message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void isRefusedIfItIsAnother() {
    assertThatThrownBy(() -> read("apiVersion: v1\nkind: TracingConfiguration"))
        .hasMessageContaining(
            ":1: apiVersion: found \"v1\", expected apiserver.config.k8s.io/v1 or"
                + " apiserver.config.k8s.io/v1beta1");
    assertThatThrownBy(() -> read("apiVersion: apiserver.config.k8s.io/v1\nkind: Pod"))
        .hasMessageContaining(":2: kind: found \"Pod\", expected TracingConfiguration");
    assertThatThrownBy(() -> read("kind: TracingConfiguration"))
        .hasMessageContaining("apiVersion: found nothing, expected");
    assertThatThrownBy(() -> read("")).hasMessageContaining(": found 0 documents, expected one");
    assertThatThrownBy(() -> read("- 1")).hasMessageContaining("found no mapping, expected");
    assertThatThrownBy(() -> TracingConfiguration.read(folder.resolve("none")))
        .hasMessage(
            folder.resolve("none")
                + ": cannot be read (no such file), expected a TracingConfiguration");
  }
}
