package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.apfproxy.config.Kind;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.SourceObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests are read in every version, and what is wrong in them is told with its line. */
@Tag("S66")
class ManifestTest {
  @Test
  void namesFileLineAndFieldOfEachMistake() {
    Manifest manifest =
        Manifest.parse(
            "a.yaml",
            """
            # a comment
            apiVersion: flowcontrol.apf-proxy.io/v1
            kind: FlowSchema
            metadata: {name: fs}
            spec:
              priorityLevelConfiguration:
                name: Upper
              matchingPrecedence: 1
              rules:
              - subjects:
                - kind: User
                  group: {name: g}
                nonResourceRules:
                - verbs: [get]
                  nonResourceURLs:
                  - /ok
                  - no
                  - 'two //'
            ---
            apiVersion: flowcontrol.apf-proxy.io/v1
            kind: PriorityLevelConfiguration
            metadata: {name: plc}
            spec:
              type: Limited
              limted: {}
            """);

    assertThat(manifest.findings())
        .extracting(Finding::toString)
        .containsExactly(
            "a.yaml:7: spec.priorityLevelConfiguration.name: is \"Upper\", must be a lower case RFC"
                + " 1123 subdomain",
            "a.yaml:8: spec.matchingPrecedence: is 1, only the schema exempt may have 1",
            "a.yaml:11: spec.rules[0].subjects[0].user: is required for this subject kind",
            "a.yaml:12: spec.rules[0].subjects[0].group: is forbidden when subject kind is User",
            "a.yaml:17: spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: must be a string",
            "a.yaml:18: spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: is \"two //\", must"
                + " start with /",
            "a.yaml:23: spec.limited: must be set if type is Limited",
            "a.yaml:25: spec.limted: unknown field");
    assertThat(manifest.objects()).hasSize(2).noneMatch(SourceObject::isValid);
  }

  @ParameterizedTest
  @CsvSource({
    "v1beta1, assuredConcurrencyShares: 5, '', 5",
    "v1beta1, assuredConcurrencyShares: 0, '', 30",
    "v1beta2, assuredConcurrencyShares: 0, '', 30",
    "v1beta3, nominalConcurrencyShares: 0, '', 30",
    "v1beta3, nominalConcurrencyShares: 0, keep, 0",
    "v1beta3, lendablePercent: 0, keep, 0",
    "v1, nominalConcurrencyShares: 0, '', 0",
    "v1, lendablePercent: 0, '', 30"
  })
  void convertsSharesAsKubeApiserverDoes(
      String version, String field, String annotation, int expected) {
    Manifest manifest =
        Manifest.parse(
            "old.yaml",
            """
            apiVersion: flowcontrol.apiserver.k8s.io/%s
            kind: PriorityLevelConfiguration
            metadata: {name: plc%s}
            spec: {type: Limited, limited: {%s, limitResponse: {type: Reject}}}
            """
                .formatted(
                    version,
                    annotation.isEmpty()
                        ? ""
                        : ", annotations: {flowcontrol.k8s.io/"
                            + "v1beta3-preserve-zero-concurrency-shares: ''}",
                    field));

    assertThat(manifest.findings()).isEmpty();
    assertThat(manifest.notices()).hasSize(version.equals("v1") ? 0 : 1);
    assertThat(manifest.objects())
        .extracting(object -> Kind.PRIORITY_LEVEL.cast(object.content()))
        .extracting(PriorityLevelConfiguration::nominalShares)
        .containsExactly(expected);
  }

  @Test
  void saysWhichFieldWasRenamed() {
    Manifest manifest =
        Manifest.parse(
            "old.yaml",
            """
            apiVersion: flowcontrol.apiserver.k8s.io/v1beta2
            kind: PriorityLevelConfiguration
            metadata: {name: plc}
            spec: {type: Limited, limited: {assuredConcurrencyShares: -1, limitResponse: {type: Reject}}}
            """);

    assertThat(manifest.notices())
        .extracting(Finding::toString)
        .containsExactly(
            "old.yaml:1: PriorityLevelConfiguration plc is written in v1beta2 and was converted to"
                + " v1, where assuredConcurrencyShares is nominalConcurrencyShares");
    assertThat(manifest.findings())
        .extracting(Finding::field)
        .containsExactly("spec.limited.assuredConcurrencyShares");
  }

  @Test
  void readsListsAsKubectlWritesThem() {
    Manifest manifest =
        Manifest.parse(
            "list.json",
            """
            {"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "PriorityLevelConfigurationList",
             "items": [
              {"metadata": {"name": "a", "managedFields": []},
               "spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}},
              {"metadata": {"name": "b"},
               "spec": {"type": "Limited"}}]}
            """);

    assertThat(manifest.objects())
        .extracting(SourceObject::place)
        .containsExactly("list.json:3", "list.json:5");
    assertThat(manifest.findings())
        .extracting(Finding::toString)
        .containsExactly("list.json:6: spec.limited: must be set if type is Limited");
  }

  @Test
  void refusesWhatIsNoObjectOfFlowControl() {
    assertThat(messages("kind: ConfigMap\napiVersion: v1"))
        .containsExactly(
            "x.yaml:1: apiVersion: found \"v1\", expected one of flowcontrol.apf-proxy.io/v1,"
                + " flowcontrol.apiserver.k8s.io/v1, flowcontrol.apiserver.k8s.io/v1beta3,"
                + " flowcontrol.apiserver.k8s.io/v1beta2, flowcontrol.apiserver.k8s.io/v1beta1");
    assertThat(messages("- a\n- b"))
        .containsExactly("x.yaml:1: found no mapping, expected an object with apiVersion and kind");
    assertThat(messages("a: 1\nb: ["))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("x.yaml:2: no YAML");
    assertThat(messages("a: 1\na: 2"))
        .containsExactly("x.yaml:2: found the key \"a\" a second time");
    assertThat(messages("---\n# nothing\n---\n")).isEmpty();
  }

  @Tag("S66")
  @Test
  void anAliasThatUnfoldsIntoTooMuchIsRefused() {
    assertThat(messages("a: &a {b: *a}")).hasSize(1);
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 7; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(8) + "x"));
    }
    assertThat(messages(bomb.toString())).hasSize(1);
  }

  /** For each element every line of the text was looked at. */
  @Test
  void aListIsReadInTimeHoweverManyElementsItHas() {
    int elements = 150_000;
    String list = "kind: List\napiVersion: v1\nitems:\n" + "- 0\n".repeat(elements);

    Manifest manifest =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60), () -> Manifest.parse("a.yaml", list), "hangs");

    assertThat(manifest.findings()).hasSize(elements);
    assertThat(manifest.findings().get(elements - 1).line()).isEqualTo(elements + 3);
  }

  private static List<String> messages(String text) {
    return Manifest.parse("x.yaml", text).findings().stream().map(Finding::toString).toList();
  }
}
