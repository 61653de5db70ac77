package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.browser.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * As many levels as there may be, a thousand with the built-in ones, a tick each second.
 * Specification seeing.md V-69, V-73.
 */
class DashboardScaleIT extends DashboardFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int LEVELS = 990;
  private static final int WARM_UP = 5;
  private static final int TICKS = Integer.getInteger("apf.dashboard.ticks", 20);
  private static final double FLAT = 1.1;
  private static final String TICK = "(await import('/ui/stream.js')).store.tick";

  @Test
  void nodesStayWhatTheyAreAndTicksAreSmall() throws Exception {
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < LEVELS; i++) {
      yaml.append(
          """
          ---
          apiVersion: flowcontrol.apf-proxy.io/v1
          kind: PriorityLevelConfiguration
          metadata: {name: a-level-of-some-tenant-%04d}
          spec:
            type: Limited
            limited: {nominalConcurrencyShares: 1, limitResponse: {type: Reject}}
          """
              .formatted(i));
    }
    Path levels = Files.createDirectories(directory.resolve("levels"));
    Files.writeString(levels.resolve("levels.yaml"), yaml);
    start("--flowcontrol-source=builtin,files:" + levels, "--max-requests-inflight=4000");

    await().atMost(LONG).until(() -> state().path("levels").size() > LEVELS);
    Page page = page("");
    int all = state().path("levels").size();
    page.awaitText("100 of " + all);
    page.ask(
        "[...document.querySelectorAll('button')].find(b => b.textContent.startsWith('Show all')).click()");
    page.await("document.querySelectorAll('tbody tr').length === " + all);
    pass(page, WARM_UP);
    double nodes = page.metric("Nodes");
    double rows = page.ask("document.querySelectorAll('*').length").asDouble();
    double busy = page.metric("TaskDuration");
    pass(page, TICKS);
    double perTick = (page.metric("TaskDuration") - busy) / TICKS;
    page.collectGarbage();

    System.out.printf(
        "dashboard: %d levels, %.0f ms of script and layout a tick, %.0f nodes, %.1f MB heap%n",
        LEVELS, perTick * 1000, page.metric("Nodes"), page.metric("JSHeapUsedSize") / 1e6);
    assertThat(page.metric("Nodes")).isLessThanOrEqualTo(nodes * FLAT);
    assertThat(page.ask("document.querySelectorAll('*').length").asDouble()).isEqualTo(rows);
    assertThat(page.complaints()).isEmpty();
  }

  private static void pass(Page page, int ticks) {
    page.ask(
        "(async () => { window.until = "
            + TICK
            + " + "
            + ticks
            + "; window.told = (await import('/ui/stream.js')).store; })()");
    page.await("window.told.tick >= window.until");
  }
}
