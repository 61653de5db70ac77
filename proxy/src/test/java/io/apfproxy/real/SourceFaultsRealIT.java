package io.apfproxy.real;

import static io.apfproxy.real.SourcesScene.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.util.SortedMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Whatever happens to the way to the objects, the proxy serves on under load, says what is wrong,
 * and finds back by itself.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
final class SourceFaultsRealIT extends SourcesFixture {
  /** Late: leaves a silent watch of the schemas behind, which is found out by their next change. */
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void survivesTheEndOfItsWatches() throws Exception {
    await().atMost(SOON).until(() -> scene.relay().cutWatches() > 0);
    long cut = System.nanoTime();
    scene.apply(SourcesScene.level("tenants", 300, 64));
    scene.awaitShares(300);
    System.out.printf("watches cut: change in force after %d ms%n", millisSince(cut));
    scene.awaitWell();

    await().atMost(SOON).until(() -> scene.relay().freezeWatches() > 0);
    long silence = System.nanoTime();
    scene.apply(SourcesScene.level("tenants", 700, 64));
    scene.awaitShares(700);
    System.out.printf("watches silent: change in force after %d ms%n", millisSince(silence));
    scene.awaitWell();
    long replaced = System.nanoTime();
    scene.apply(SourcesScene.level("tenants", 100, 64));
    scene.awaitShares(100);
    System.out.printf("watches replaced: change in force after %d ms%n", millisSince(replaced));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  /** Last: refused watches are watched on over HTTP/2, where the relay does not know them. */
  @Tag("S86")
  @Test
  @Order(Integer.MAX_VALUE)
  void survivesARestartOfTheApiServer() throws Exception {
    long start = System.nanoTime();
    scene.cluster().restart();
    System.out.printf("API server restarted in %d ms%n", millisSince(start));
    scene.apply(SourcesScene.level("tenants", 300, 64));
    scene.awaitShares(300);
    scene.awaitWell();
    System.out.printf("all well after %d ms%n", millisSince(start));
    scene.moreRequests(load);

    SortedMap<String, Integer> ends = load.stop();
    System.out.println("restart of the API server: " + ends);
    // Each has an answer: while the upstream is down that it is, while it starts its own, and after
    // a quarter of the request timeout that it waited in vain. None is refused for want of room.
    assertThat(ends.keySet()).allMatch(end -> end.matches("\\d{3}"));
    assertThat(scene.proxy().page("/metrics"))
        .doesNotContainPattern(
            "apiserver_flowcontrol_rejected_requests_total"
                + "\\{.*reason=\"(queue-full|concurrency-limit)\"} [1-9]");
  }

  @Test
  void survivesTheLossOfTheCustomResourceDefinitions() throws Exception {
    scene.kubectl().run("delete", "-f", CrdRealIT.crds().toString()).orThrow();

    scene.awaitTrouble();
    String readiness = scene.proxy().page("/readyz?verbose");
    System.out.println(readiness + scene.configurationMetrics());
    assertThat(readiness)
        .contains("[+]flowcontrol-crd ok: in trouble, its last version stays in force");
    scene.awaitLevel("tenants");
    scene.moreRequests(load);
    scene.awaitShares(100);

    restoreAndExpectOnlyAnswers();
  }

  @Tag("S70")
  @Test
  void survivesTheLossOfItsRights() throws Exception {
    scene.kubectl().run("delete", "clusterrolebinding", "apf-proxy-configuration").orThrow();

    scene.awaitTrouble();
    System.out.println(scene.proxy().page("/readyz?verbose") + scene.configurationMetrics());
    await() // it is told after it shows
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(scene.proxy().log())
                    .contains(
                        "source crd: the proxy's identity may not \"list\" and \"watch\""
                            + " flowschemas.flowcontrol.apf-proxy.io, prioritylevelconfigurations"
                            + " and ratelimits (403)"));
    scene.moreRequests(load);
    scene.awaitShares(100);

    restoreAndExpectOnlyAnswers();
  }

  private void restoreAndExpectOnlyAnswers() throws Exception {
    scene.restore();
    scene.apply(SourcesScene.level("tenants", 300, 64));
    scene.awaitShares(300);
    scene.awaitWell();
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
