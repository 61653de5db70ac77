package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.apfproxy.config.Kind;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.SourceObject;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A level may burst where our own group says so: limits.md L-60. */
class BurstManifestTest {
  private static final String OURS = "flowcontrol.apf-proxy.io/v1";
  private static final String NATIVE = "flowcontrol.apiserver.k8s.io/v1";

  @Test
  void isReadInOurOwnGroup() {
    Manifest manifest = Manifest.parse("a.yaml", level(OURS, "plc", "{seats: 20, seconds: 10}"));

    assertThat(manifest.findings()).isEmpty();
    PriorityLevelConfiguration level = level(manifest.objects().get(0));
    assertThat(level.burst()).isEqualTo(new Burst(20, 10));
    assertThat(new ObjectMapper().valueToTree(Kind.PRIORITY_LEVEL.encode(level)).toString())
        .contains("\"burst\":{\"seats\":20,\"seconds\":10}");
  }

  @ParameterizedTest
  @ValueSource(strings = {NATIVE, NATIVE + "beta3", NATIVE + "beta1"})
  void isUnknownInTheOthers(String version) {
    Manifest manifest = Manifest.parse("a.yaml", level(version, "plc", "{seats: 20, seconds: 10}"));

    assertThat(manifest.findings())
        .extracting(Finding::toString)
        .containsExactly("a.yaml:8: spec.limited.burst: unknown field");
  }

  /** A server that stores it is newer than this proxy: what it means is not known. */
  @Test
  void isLeftAloneWhereTheServerHasItInItsOwnKind() throws IOException {
    JsonNode stored = new YAMLMapper().readTree(level(NATIVE, "plc", "{seats: 20, seconds: 10}"));

    SourceObject object = ObjectDecoder.stored(stored, "here").object().orElseThrow();

    assertThat(object.isValid()).isTrue();
    assertThat(level(object).burst()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{seats: 0, seconds: 1} | seats: is 0, must be from 1 to 10000",
        "{seats: 10001, seconds: 1} | seats: is 10001, must be from 1 to 10000",
        "{seats: 1, seconds: 601} | seconds: is 601, must be from 1 to 600",
        "{seats: 1} | seconds: is 0, must be from 1 to 600",
        "{seats: one, seconds: 1} | seats: must be a whole number of 32 bits",
        "{seats: 1, seconds: 1, more: 1} | more: unknown field"
      })
  void isRefusedOutOfRange(String burst, String finding) {
    Manifest manifest = Manifest.parse("a.yaml", level(OURS, "plc", burst));

    assertThat(manifest.findings())
        .extracting(found -> found.field() + ": " + found.message())
        .containsExactly("spec.limited.burst." + finding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{seats: 1, seconds: 1}", "{seats: 10000, seconds: 600}", "null"})
  void isTakenUpToItsBounds(String burst) {
    assertThat(Manifest.parse("a.yaml", level(OURS, "plc", burst)).findings()).isEmpty();
  }

  @Test
  void isNotForCatchAll() {
    String catchAll =
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: PriorityLevelConfiguration
        metadata: {name: catch-all}
        spec:
          type: Limited
          limited:
            nominalConcurrencyShares: 5
            limitResponse: {type: Reject}
            %s
        """;
    assertThat(Manifest.parse("a.yaml", catchAll.formatted("")).findings()).isEmpty();
    assertThat(
            Manifest.parse("a.yaml", catchAll.formatted("burst: {seats: 1, seconds: 1}"))
                .findings())
        .extracting(Finding::toString)
        .containsExactly("a.yaml:4: spec: spec of catch-all must equal the built-in one");
  }

  private static PriorityLevelConfiguration level(SourceObject object) {
    return Kind.PRIORITY_LEVEL.cast(object.content());
  }

  private static String level(String version, String name, String burst) {
    return """
        apiVersion: %s
        kind: PriorityLevelConfiguration
        metadata: {name: %s}
        spec:
          type: Limited
          limited:
            limitResponse: {type: Reject}
            burst: %s
        """
        .formatted(version, name, burst);
  }
}
