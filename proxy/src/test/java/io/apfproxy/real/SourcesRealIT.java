package io.apfproxy.real;

import static io.apfproxy.real.SourcesScene.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What kubectl applies comes into force under load, and nothing is lost over it. */
@RealControlPlane
final class SourcesRealIT extends SourcesFixture {
  private static final int CHANGES = Integer.getInteger("apf.changes", 20);

  @Test
  void changesOfALevelUnderLoadLoseAndRefuseNothing() throws Exception {
    // queues that are too many go when they have been used, so there must be load on them
    for (int queues : List.of(128, 16, 128)) {
      scene.apply(SourcesScene.level("tenants", 100, queues));
      scene.awaitQueues(queues);
      scene.moreRequests(load);
    }
    for (int shares : List.of(1000, 10)) {
      scene.apply(SourcesScene.level("tenants", shares, 128));
      scene.awaitShares(shares);
      scene.moreRequests(load);
    }

    scene.kubectl().run("delete", "plc", "tenants").orThrow();
    scene.awaitLevel("global-default"); // the schema dangles
    scene.moreRequests(load);
    scene.apply(SourcesScene.level("tenants", 100, 128));
    scene.awaitLevel("tenants");
    scene.moreRequests(load);

    scene.apply(SourcesScene.schema("workload-low"));
    scene.awaitLevel("workload-low");
    scene.moreRequests(load);
    scene.apply(SourcesScene.schema("tenants"));
    scene.awaitLevel("tenants");
    scene.moreRequests(load);

    String explained = scene.explained();
    System.out.println(explained);
    assertThat(explained)
        .contains("schema   tenants (3000)", "level    tenants, 128 queues", "requests executing");

    SortedMap<String, Integer> ends = load.stop();
    System.out.println("changes of a level under load: " + ends);
    assertThat(ends).containsOnlyKeys("200");
  }

  @Test
  void comesIntoForceSoonAfterKubectlApply() throws Exception {
    scene.apply(SourcesScene.level("other", 100, 64));
    await().atMost(SOON).until(() -> scene.queues("other") == 64);
    List<Long> fromStart = new ArrayList<>();
    List<Long> fromEnd = new ArrayList<>();
    for (int change = 0; change < CHANGES; change++) {
      String level = change % 2 == 0 ? "other" : "tenants";
      long start = System.nanoTime();
      scene.apply(SourcesScene.schema(level));
      long end = System.nanoTime();
      scene.awaitExplained(level);
      long inForce = System.nanoTime();
      fromStart.add((inForce - start) / 1_000_000);
      fromEnd.add((inForce - end) / 1_000_000);
    }
    System.out.printf(
        "%d changes under load: from the start of kubectl apply to in force p50 %d ms, p99 %d ms;"
            + " from its end p50 %d ms, p99 %d ms%n",
        CHANGES,
        percentile(fromStart, 50),
        percentile(fromStart, 99),
        percentile(fromEnd, 50),
        percentile(fromEnd, 99));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  @Tag("S63")
  @Test
  void refusedObjectsAreToldAndTheirLastVersionStays() throws Exception {
    // what the CRD cannot see: an annotation of another version of the API
    scene.apply(
        SourcesScene.level("tenants", 1000, 64)
            .replace(
                "{name: tenants}",
                "{name: tenants, annotations:"
                    + " {flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares: ''}}"));

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(scene.conditions("plc"))
                    .contains("Accepted=False/Invalid", "InForce=False/LastValidVersion"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(scene.conditions("fs"))
                    .contains(
                        "Accepted=True/Valid", "InForce=True/Applied", "Dangling=False/Found"));
    scene.awaitShares(100);
    assertThat(
            scene
                .proxy()
                .metric("apf_proxy_config_objects", "source=\"crd\"", "state=\"last_valid\""))
        .isEqualTo(1);
    assertThat(scene.proxy().log())
        .containsOnlyOnce("PriorityLevelConfiguration tenants (crd, generation")
        .contains("its last valid version stays in force: metadata.annotations");
    await()
        .atMost(SOON)
        .until(
            () ->
                scene
                    .kubectl()
                    .run("get", "events", "-n", "default", "-o", "wide")
                    .stdout()
                    .contains("prioritylevelconfiguration/tenants"));

    scene
        .kubectl()
        .run(
            "annotate",
            "plc",
            "tenants",
            "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares-")
        .orThrow();
    scene.awaitShares(1000);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(scene.conditions("plc"))
                    .contains("Accepted=True/Valid", "InForce=True/Applied"));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  private static long percentile(List<Long> values, int percent) {
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(percent / 100.0 * sorted.size()) - 1);
  }
}
