package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files are taken or refused as kubectl and kube-apiserver take and refuse them. */
@Tag("B9")
class WrittenObjectsTest {
  @TestFactory
  Stream<DynamicTest> takesWhatTheServerTakes() throws Exception {
    return WrittenObjects.load().stream()
        .map(
            written ->
                DynamicTest.dynamicTest(
                    written.name(),
                    () -> {
                      Manifest manifest = Manifest.parse("file.yaml", written.yaml());
                      assertThat(manifest.findings().isEmpty())
                          .as("%s%n%s", written.yaml(), manifest.findings())
                          .isEqualTo(written.taken() != written.isMeant());
                    }));
  }

  @Test
  void readsANumberHoweverItIsWritten() {
    for (String five : new String[] {"5", "5.0", "5e0", "0.5e1", "0x5", "0o5", "!!float 5"}) {
      assertThat(shares(five)).as(five).isEqualTo(5);
    }
    assertThat(shares("010")).isEqualTo(8);
  }

  @Test
  void leavesANamespaceOut() {
    Manifest manifest =
        Manifest.parse(
            "file.yaml",
            """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: a, namespace: monitoring}
            spec: {priorityLevelConfiguration: {name: global-default}}
            """);

    assertThat(manifest.findings()).isEmpty();
    assertThat(manifest.objects().get(0).content().metadata().namespace()).isEmpty();
  }

  private static Integer shares(String written) {
    Manifest manifest =
        Manifest.parse(
            "file.yaml",
            """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: PriorityLevelConfiguration
            metadata: {name: a}
            spec:
              type: Limited
              limited:
                nominalConcurrencyShares: %s
                limitResponse: {type: Reject}
            """
                .formatted(written));
    assertThat(manifest.findings()).as(written).isEmpty();
    return Kind.PRIORITY_LEVEL.cast(manifest.objects().get(0).content()).nominalShares();
  }
}
