package io.apfproxy.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.admin.AdminDoor;
import io.apfproxy.admin.AdminServer;
import io.apfproxy.admin.FakePages;
import io.apfproxy.fixtures.browser.Page;
import io.apfproxy.live.BusyProxy;
import io.apfproxy.live.Feed;
import io.apfproxy.live.Sampler;
import io.apfproxy.live.Topic;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * As many levels as there may be, a thousand with the built-in ones, a tick each second.
 * Specification seeing.md V-69, V-73.
 */
class DashboardScaleIT extends DashboardFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int LEVELS = 990;
  private static final int WARM_UP = 5;
  private static final int AT_A_TIME = 20;

  /** As fast as the page takes them, and each is drawn. */
  private static final int FAST_TICKS = 120;

  private static final int MOST_BYTES = 100_000;

  /** Rows that fit on the screen, and those that are drawn beside them. */
  private static final int MOST_SEEN = 60;

  /** Of the bar and the line of a row. */
  private static final int PARTS = 14;

  private static final int TICKS = Integer.getInteger("apf.dashboard.ticks", 20);
  private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();
  private static final double FLAT = 1.1;
  private static final String TICK = "(await import('/ui/stream.js')).store.tick";
  private static final String LAID_OUT =
      "[...document.querySelectorAll('tbody tr')].filter(row =>"
          + " row.cells[1].checkVisibility({contentVisibilityAuto: true})).length";
  private static final String WATCH_PICTURES =
      "window.drawn = 0; window.pictures?.disconnect();"
          + "window.pictures = new MutationObserver(changes => window.drawn += changes.filter("
          + "change => change.target.closest('svg, .bar')).length);"
          + "window.pictures.observe(document.querySelector('tbody'), {subtree: true, attributes: true})";
  private static final String STALE =
      "[...document.querySelectorAll('tbody tr')].filter(row => {"
          + " const level = window.told.levels.get(row.querySelector('a').textContent);"
          + " return row.querySelector('.figure').textContent !== level.seats + ' / ' + level.limit;"
          + " }).length";

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
    showAll(page, all);
    pass(page, WARM_UP);
    double nodes = page.metric("Nodes");
    double rows = page.ask("document.querySelectorAll('*').length").asDouble();
    Work before = Work.of(page);
    double sampled = dashboardSeconds();
    pass(page, TICKS);
    double perTick = (dashboardSeconds() - sampled) / TICKS;
    String work = Work.of(page).since(before, TICKS);
    page.collectGarbage();

    System.out.printf(
        "dashboard: %d idle levels: %s a tick, %.1f ms to sample, %.0f nodes, %.1f MB heap%n",
        LEVELS, work, perTick * 1e3, page.metric("Nodes"), page.metric("JSHeapUsedSize") / 1e6);
    assertThat(page.metric("Nodes")).isLessThanOrEqualTo(nodes * FLAT);
    assertThat(page.ask("document.querySelectorAll('*').length").asDouble()).isEqualTo(rows);
    assertThat(page.complaints()).isEmpty();
  }

  /** What the proxy's own sampler has taken of a processor so far. */
  private static double dashboardSeconds() {
    return Arrays.stream(PROCESSOR.getThreadInfo(PROCESSOR.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().equals("dashboard"))
        .mapToDouble(thread -> PROCESSOR.getThreadCpuTime(thread.getThreadId()) / 1e9)
        .sum();
  }

  private static void showAll(Page page, int all) {
    page.ask(
        "[...document.querySelectorAll('button')].find(b => b.textContent.startsWith('Show all')).click()");
    page.await("document.querySelectorAll('tbody tr').length === " + all);
  }

  /** A tick is a second, and a page waits for a minute at most: so it waits for a few at a time. */
  private static void pass(Page page, int ticks) {
    int left = ticks;
    page.ask(
        "(async () => { window.until = "
            + TICK
            + "; window.told = (await import('/ui/stream.js')).store; })()");
    while (left > 0) {
      int some = Math.min(left, AT_A_TIME);
      page.ask("window.until += " + some);
      page.await("window.told.tick >= window.until");
      left -= some;
    }
  }

  @Test
  void allFiguresOfAThousandLevelsChangeInEachTick() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Timers thread = new Timers("sampler")) {
      Sampler sampler = new Sampler(new BusyProxy(LEVELS), thread, TimeSource.system());
      AtomicInteger most = new AtomicInteger();
      sampler.subscribe(
          Topic.list("levels,upstream"),
          tick ->
              most.accumulateAndGet(
                  tick.first() ? 0 : tick.members().getBytes(UTF_8).length, Math::max));
      FakePages pages =
          new FakePages() {
            @Override
            public Feed live() {
              return sampler;
            }
          };
      AdminServer server = AdminServer.plain(vertx, pages, AdminDoor.NONE);
      int port = server.listen("127.0.0.1", 0).await(60, TimeUnit.SECONDS);
      long began = System.nanoTime();
      Page page = chromium.open().go("http://127.0.0.1:" + port + "/ui/");
      page.awaitText("100 of " + LEVELS);
      System.out.printf("dashboard: first figures after %.2f s%n", since(began));

      measure(page, thread, sampler, "100 rows", FAST_TICKS);
      showAll(page, LEVELS);
      measure(page, thread, sampler, "all rows", TICKS);

      System.out.printf("dashboard: a tick of all levels is %d bytes at most%n", most.get());
      assertThat(most.get()).isBetween(MOST_BYTES / 2, MOST_BYTES);
      assertThat(page.complaints()).isEmpty();
    } finally {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /**
   * Nodes stay what they are, and elements to the last one; only what is on the screen is laid out
   * and drawn, and all is current; the times are told.
   */
  private static void measure(Page page, Timers thread, Sampler sampler, String what, int ticks)
      throws Exception {
    tick(page, thread, sampler, WARM_UP);
    page.collectGarbage();
    double nodes = page.metric("Nodes");
    double elements = page.ask("document.querySelectorAll('*').length").asDouble();
    double heap = page.metric("JSHeapUsedSize");
    Work before = Work.of(page);

    page.ask(WATCH_PICTURES);
    double sampling = tick(page, thread, sampler, ticks);

    String work = Work.of(page).since(before, ticks);
    page.collectGarbage();
    System.out.printf(
        "dashboard: %d levels change, %s: %s a tick, %.1f ms to sample, %.0f to %.0f nodes, %.1f to"
            + " %.1f MB heap%n",
        LEVELS,
        what,
        work,
        sampling * 1e3 / ticks,
        nodes,
        page.metric("Nodes"),
        heap / 1e6,
        page.metric("JSHeapUsedSize") / 1e6);
    assertThat(page.metric("Nodes")).isLessThanOrEqualTo(nodes * FLAT);
    assertThat(page.ask("document.querySelectorAll('*').length").asDouble()).isEqualTo(elements);
    assertThat(page.ask(LAID_OUT).asInt()).isBetween(5, MOST_SEEN);
    assertThat(page.ask("window.drawn").asInt()).isBetween(ticks, ticks * MOST_SEEN * PARTS);
    assertThat(page.ask(STALE).asInt()).as("rows that tell what was before").isZero();
  }

  /**
   * What the page's thread has done so far, in seconds of a processor; {@code all} is also
   * painting.
   */
  private record Work(double script, double style, double layout, double all) {
    static Work of(Page page) {
      return new Work(
          page.metric("ScriptDuration"),
          page.metric("RecalcStyleDuration"),
          page.metric("LayoutDuration"),
          page.metric("TaskDuration"));
    }

    String since(Work before, int ticks) {
      return String.format(
          Locale.ROOT,
          "%.0f ms of script, %.0f of style, %.0f of layout, %.0f in all",
          1e3 * (script - before.script) / ticks,
          1e3 * (style - before.style) / ticks,
          1e3 * (layout - before.layout) / ticks,
          1e3 * (all - before.all) / ticks);
    }
  }

  /** Returns how many seconds of a processor the samples took. */
  private static double tick(Page page, Timers thread, Sampler sampler, int ticks)
      throws Exception {
    page.ask("(async () => { window.told = (await import('/ui/stream.js')).store; })()");
    double seconds = 0;
    for (int i = 0; i < ticks; i++) {
      int next = page.ask("window.told.tick").asInt() + 1;
      CompletableFuture<Double> sampled = new CompletableFuture<>();
      thread.after(
          0,
          () -> {
            long start = PROCESSOR.getCurrentThreadCpuTime();
            sampler.tick();
            sampled.complete((PROCESSOR.getCurrentThreadCpuTime() - start) / 1e9);
          });
      seconds += sampled.get(60, TimeUnit.SECONDS);
      page.await("window.told.tick >= " + next);
      page.ask("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    }
    return seconds;
  }
}
