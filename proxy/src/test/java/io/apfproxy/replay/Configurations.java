package io.apfproxy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.ConfigurationPlan;
import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.source.Manifest;
import java.util.List;

/** Configurations for tests. */
public final class Configurations {
  private Configurations() {}

  /** One level for everybody, as {@code limitResponse} says; it neither lends nor borrows. */
  public static FlowControlConfiguration ofOneLevel(String limitResponse) {
    return of(
        """
        apiVersion: flowcontrol.apiserver.k8s.io/v1
        kind: PriorityLevelConfiguration
        metadata: {name: only}
        spec:
          type: Limited
          limited:
            nominalConcurrencyShares: 1
            lendablePercent: 0
            borrowingLimitPercent: 0
            limitResponse: %s
        ---
        apiVersion: flowcontrol.apiserver.k8s.io/v1
        kind: FlowSchema
        metadata: {name: everybody}
        spec:
          priorityLevelConfiguration: {name: only}
          matchingPrecedence: 10
          distinguisherMethod: {type: ByUser}
          rules:
          - subjects:
            - {kind: Group, group: {name: "system:authenticated"}}
            resourceRules:
            - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        """
            .formatted(limitResponse));
  }

  /** What lines up in so many places of one queue. */
  public static FlowControlConfiguration queuing(int places) {
    return ofOneLevel(
        "{type: Queue, queuing: {queues: 1, handSize: 1, queueLengthLimit: " + places + "}}");
  }

  /** Without the suggested objects. */
  public static FlowControlConfiguration of(String yaml) {
    return ConfigurationPlan.of(List.of(files(yaml)), null).digest();
  }

  /** As {@code --flowcontrol-source=builtin,files:DIR} gives. */
  public static FlowControlConfiguration overBuiltIn(String yaml) {
    Layer builtIn = new Layer("builtin", true, BuiltInObjects.all());
    return ConfigurationPlan.of(List.of(builtIn, files(yaml)), null).digest();
  }

  private static Layer files(String yaml) {
    Manifest manifest = Manifest.parse("test.yaml", yaml);
    assertThat(manifest.findings()).isEmpty();
    return new Layer("files", true, manifest.objects());
  }
}
