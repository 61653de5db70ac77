package io.apfproxy.demo;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays the phases: warm-up, silence, then mice and elephant, who are counted once the flood has
 * lasted a while, while the view shows what happens.
 */
final class Stage {
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(5);
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(3);
  private static final int WARM_UP_LISTS = 100;

  /** After that an elephant whose lists wait in one queue has filled it. */
  private static final Duration LEAD = Duration.ofSeconds(4);

  private final Vertx vertx;
  private final EmbeddedApiServer server;
  private final String caPem;
  private final View view;
  private final Duration duration;

  Stage(Vertx vertx, EmbeddedApiServer server, String caPem, View view, Duration duration) {
    this.vertx = vertx;
    this.server = server;
    this.caPem = caPem;
    this.view = view;
    this.duration = duration;
  }

  Phase play(int number, String title, DemoProxy proxy) throws InterruptedException {
    try (Herd herd = new Herd(vertx, server, proxy.port(), caPem)) {
      view.begin(number, title);
      warmUp(herd);
      herd.start(Herd.ELEPHANT_LISTS);
      lead();
      List<LevelRow> before = LevelRow.parse(proxy.metrics());
      herd.recount();
      long start = System.nanoTime();
      long nextView = view.interval(duration).toNanos();
      int longestQueue = 0;
      while (true) {
        long passed = System.nanoTime() - start;
        boolean over = passed >= duration.toNanos();
        if (over) {
          herd.stop();
        }
        int queued = server.waiting();
        longestQueue = Math.max(longestQueue, queued);
        Phase now =
            new Phase(
                number,
                title,
                Duration.ofNanos(passed),
                Duration.ofNanos(Math.max(0, duration.toNanos() - passed)),
                herd.elephant(),
                herd.mice(),
                LevelRow.since(before, LevelRow.parse(proxy.recentMetrics())),
                server.executing(),
                queued,
                longestQueue);
        if (over) {
          view.end(now);
          awaitSilence();
          return now;
        }
        if (passed >= nextView) {
          nextView = passed + view.interval(duration).toNanos();
          view.show(now);
        }
        pause();
      }
    }
  }

  /**
   * A smaller herd, uncounted, until enough was answered: a cold JVM must not be taken for a slow
   * proxy. The connections stay open.
   */
  private void warmUp(Herd herd) throws InterruptedException {
    herd.start(Herd.ELEPHANT_LISTS / 4);
    long limit = System.nanoTime() + WARM_UP_LIMIT.toNanos();
    while (herd.elephant().succeeded() < WARM_UP_LISTS && System.nanoTime() < limit) {
      pause();
    }
    herd.stop();
    awaitSilence();
  }

  /** The first seconds of a flood, that nobody counts. */
  private static void lead() throws InterruptedException {
    long end = System.nanoTime() + LEAD.toNanos();
    while (System.nanoTime() < end) {
      pause();
    }
  }

  /** Nothing of what was before is left in the API server. */
  private void awaitSilence() throws InterruptedException {
    long limit = System.nanoTime() + SILENCE_LIMIT.toNanos();
    do {
      pause();
    } while (server.waiting() + server.executing() > 0 && System.nanoTime() < limit);
  }

  private static void pause() throws InterruptedException {
    LockSupport.parkNanos(LOOK.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
