package io.apfproxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A level with one seat, for what some users read of configmaps, each of them a flow. */
final class Narrow {
  /** Seats of the proxy, so that a level of one share has one. */
  static final List<String> SEATS =
      List.of("--max-requests-inflight=5", "--max-mutating-requests-inflight=1");

  private Narrow() {}

  /**
   * Writes it.
   *
   * @param response of {@code spec.limited.limitResponse}
   * @param shares 1 for one seat, 0 for none
   * @return the flag that names it
   */
  static String level(Path directory, String name, int shares, String response, List<String> users)
      throws IOException {
    Path folder = Files.createDirectories(directory.resolve("levels"));
    String subjects =
        users.stream()
            .map(user -> "{kind: User, user: {name: " + user + "}}")
            .collect(Collectors.joining(", "));
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: PriorityLevelConfiguration
        metadata: {name: NAME}
        spec:
          type: Limited
          limited:
            nominalConcurrencyShares: SHARES
            borrowingLimitPercent: 0
            limitResponse: RESPONSE
        ---
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: FlowSchema
        metadata: {name: NAME}
        spec:
          priorityLevelConfiguration: {name: NAME}
          matchingPrecedence: 100
          distinguisherMethod: {type: ByUser}
          rules:
          - subjects: [SUBJECTS]
            resourceRules:
            - {verbs: [get], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
        """
            .replace("NAME", name)
            .replace("SHARES", Integer.toString(shares))
            .replace("RESPONSE", response)
            .replace("SUBJECTS", subjects));
    return "--flowcontrol-source=builtin,files:" + folder;
  }
}
