package io.apfproxy.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.recorded.LiveTraffic.Fate;
import io.apfproxy.replay.Configurations;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.replay.audit.LogWindow;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.log.Recording;
import io.apfproxy.time.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Recordings of {@link LiveTraffic}, and their replays.
 *
 * @param folder of all of them
 */
record Recorded(Path folder) {
  static final byte[] KEY = new byte[HashedNaming.KEY_BYTES];

  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: %s}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: %d
          lendablePercent: 0
          borrowingLimitPercent: 0
          limitResponse: {type: Queue, queuing: {queues: %d, handSize: %d, queueLengthLimit: 30}}
      ---
      """;

  private static final String SCHEMAS =
      """
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: FlowSchema
      metadata: {name: accounts}
      spec:
        priorityLevelConfiguration: {name: narrow}
        matchingPrecedence: 10
        distinguisherMethod: {type: ByNamespace}
        rules:
        - subjects:
          - {kind: ServiceAccount, serviceAccount: {namespace: canary-space, name: "*"}}
          - {kind: User, user: {name: "system:node:canary-node"}}
          resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: [canary-space]}
      ---
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: FlowSchema
      metadata: {name: groups}
      spec:
        priorityLevelConfiguration: {name: wide}
        matchingPrecedence: 20
        distinguisherMethod: {type: ByUser}
        rules:
        - subjects:
          - {kind: Group, group: {name: canary-group}}
          - {kind: Group, group: {name: "system:serviceaccounts:canary-space"}}
          resourceRules:
          - {verbs: [get, list, watch], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
      ---
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: FlowSchema
      metadata: {name: others}
      spec:
        priorityLevelConfiguration: {name: wide}
        matchingPrecedence: 30
        distinguisherMethod: {type: ByUser}
        rules:
        - subjects:
          - {kind: User, user: {name: bob}}
          - {kind: User, user: {name: canary-ann}}
          - {kind: User, user: {name: "system:kube-scheduler"}}
          resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
          nonResourceRules:
          - {verbs: ["*"], nonResourceURLs: ["*"]}
      """;

  static FlowControlConfiguration configuration(int queues, int handSize) {
    return Configurations.of(
        LEVEL.formatted("narrow", 1, queues, handSize)
            + LEVEL.formatted("wide", 2, queues, handSize)
            + SCHEMAS);
  }

  Path folder(String name) throws Exception {
    return Files.createDirectories(folder.resolve(name));
  }

  private static Recording open(Path into, Naming naming, ManualTime time) {
    return Recording.open(new Recording.Place(into, "test", 1 << 20, 1000), naming, time);
  }

  SortedMap<Long, Fate> replay(Path recording, FlowControlConfiguration configuration)
      throws Exception {
    SortedMap<Long, Fate> fates = new TreeMap<>();
    Witness witness =
        (where, digest, fate) ->
            fates.put(
                fate.came(),
                new Fate(
                    where.flowSchema(),
                    where.priorityLevel(),
                    fate.waited(),
                    fate.began() == Witness.NEVER ? 0 : fate.seats()));
    LogReplay.Question question =
        new LogReplay.Question(
            List.of(recording.toString()),
            LogWindow.ALL,
            null,
            LiveTraffic.SEATS,
            configuration,
            LiveTraffic.SEATS,
            LiveTraffic.TIMEOUT,
            0,
            0L,
            new TreeMap<>(),
            null,
            64 << 20,
            folder,
            20);
    try (LogReplay replay = LogReplay.read(question)) {
      Report report = replay.compare(null, configuration, LiveTraffic.SEATS, Witness.NONE, witness);
      assertThat(report.cautions()).noneMatch(line -> line.contains("no event"));
    }
    return fates;
  }

  /** The first few, by arrival. */
  static List<String> differences(SortedMap<Long, Fate> live, SortedMap<Long, Fate> again) {
    SortedMap<Long, Fate> all = new TreeMap<>(live);
    all.putAll(again);
    return all.keySet().stream()
        .filter(came -> !Objects.equals(live.get(came), again.get(came)))
        .limit(5)
        .map(came -> came + ": was " + live.get(came) + ", is " + again.get(came))
        .toList();
  }

  static String text(Path recording) throws Exception {
    try (Stream<Path> files = Files.list(recording)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    }
  }

  /** Both recordings of the same traffic, and what became of it. */
  SortedMap<Long, Fate> record(
      FlowControlConfiguration configuration, long seed, int requests, Path plain, Path hashed) {
    ManualTime time = new ManualTime();
    try (Recording one = open(plain, Naming.PLAIN, time);
        Recording other = open(hashed, new HashedNaming(KEY), time)) {
      SortedMap<Long, Fate> fates =
          new LiveTraffic(configuration, Reporter.all(one, other), time, new Random(seed))
              .run(requests);
      await() // closing waits two seconds at most
          .pollInterval(Duration.ofMillis(5))
          .until(() -> one.waiting() + other.waiting() == 0);
      assertThat(one.dropped() + other.dropped()).isZero();
      return fates;
    }
  }
}
