package io.apfproxy.demo;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Plays a phase: mice first, then the elephant joins, and the view shows what happens. */
final class Stage {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration DRAINED_LIMIT = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final EmbeddedApiServer server;
  private final String caPem;
  private final LiveView view;
  private final Duration duration;

  Stage(Vertx vertx, EmbeddedApiServer server, String caPem, LiveView view, Duration duration) {
    this.vertx = vertx;
    this.server = server;
    this.caPem = caPem;
    this.view = view;
    this.duration = duration;
  }

  /**
   * @param warmUp mice alone, uncounted, so that a cold JVM is not taken for a slow proxy
   */
  Phase play(int number, String title, ProxyProcess proxy, Duration warmUp)
      throws InterruptedException {
    try (Herd herd = new Herd(vertx, server, proxy.port(), caPem)) {
      herd.startMice();
      pause(warmUp);
      herd.stop();
    }
    try (Herd herd = new Herd(vertx, server, proxy.port(), caPem)) {
      herd.startElephant();
      herd.startMice();
      long end = System.nanoTime() + duration.toNanos();
      long nextView = System.nanoTime() + view.interval(duration).toNanos();
      int longestQueue = 0;
      while (System.nanoTime() < end) {
        pause(LOOK);
        longestQueue = Math.max(longestQueue, server.waiting());
        if (System.nanoTime() >= nextView) {
          nextView += view.interval(duration).toNanos();
          view.show(phase(number, title, proxy, herd, end, longestQueue));
        }
      }
      List<LevelRow> levels = LevelRow.parse(proxy.metrics());
      herd.stop();
      Phase last = phase(number, title, levels, herd, end, longestQueue);
      view.show(last);
      view.finish();
      return last;
    } finally {
      drain();
    }
  }

  private Phase phase(
      int number, String title, ProxyProcess proxy, Herd herd, long end, int longestQueue)
      throws InterruptedException {
    return phase(number, title, LevelRow.parse(proxy.metrics()), herd, end, longestQueue);
  }

  private Phase phase(
      int number, String title, List<LevelRow> levels, Herd herd, long end, int longestQueue) {
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return new Phase(
        number,
        title,
        left,
        herd.elephant(),
        herd.mice(),
        levels,
        server.executing(),
        server.waiting(),
        longestQueue);
  }

  /** The next phase must not inherit this one's queue. */
  private void drain() {
    long limit = System.nanoTime() + DRAINED_LIMIT.toNanos();
    while (server.waiting() + server.executing() > 0 && System.nanoTime() < limit) {
      pause(LOOK);
    }
  }

  private static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
