package io.apfproxy.whole;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * One front's turn: it is started, measured cold, heated, measured warm, then with idle watches.
 */
final class Turn {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** A load's begin that is not counted: connections open in it. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Settings settings;
  private final Site site;
  private final Upstream upstream;
  private final Results results;

  Turn(Vertx vertx, Settings settings, Site site, Upstream upstream, Results results) {
    this.vertx = vertx;
    this.settings = settings;
    this.site = site;
    this.upstream = upstream;
    this.results = results;
  }

  /**
   * Sends all loads, and tells nothing: clients and upstream are JVMs too, and what is measured of
   * a cold front must not be theirs.
   */
  void heat(Front front) throws IOException {
    try (RunningFront running = front.start(site, upstream)) {
      for (Load load : Load.warm(settings)) {
        run(load, Duration.ZERO, settings.heat().dividedBy(2), 1, running);
      }
    }
  }

  void run(Front front, int round) throws IOException, InterruptedException {
    try (RunningFront running = front.start(site, upstream)) {
      if (running.isProcess()) {
        cold(front, round, running);
      }
      warm(front, round, running);
      if (running.isProcess() && settings.watches() > 0) {
        watches(front, round, running);
      }
    }
  }

  private void cold(Front front, int round, RunningFront running) {
    long cpuNanos = running.cpuNanos();
    long resident = running.residentBytes();
    Duration bin = settings.cold().compareTo(SECOND) < 0 ? settings.cold() : SECOND;
    int number = (int) Math.max(1, settings.cold().dividedBy(bin));
    List<Bin> bins =
        run(Load.open(Protocol.H2, settings.low()), Duration.ZERO, bin, number, running);
    results.add(
        new Results.Start(
            front.name(),
            round,
            running.toReady().toNanos() / 1e9,
            cpuNanos / 1e9,
            resident,
            Figures.ofFirst(bins, settings.first())));
    for (int i = 0; i < number; i++) {
      double second = i * bin.toNanos() / 1e9;
      results.add(
          new Results.Moment(front.name(), round, second, Figures.of(bins.subList(i, i + 1))));
    }
  }

  private void warm(Front front, int round, RunningFront running) {
    Protocol heated = null;
    for (Load load : Load.warm(settings)) {
      if (load.protocol() != heated) {
        heated = load.protocol();
        run(Load.closed(heated, settings.inFlight()), Duration.ZERO, settings.heat(), 1, running);
      }
      Duration settling = settings.warm().compareTo(SETTLING) < 0 ? settings.warm() : SETTLING;
      List<Bin> bins = run(load, settling, settings.warm(), 1, running);
      results.add(
          new Results.Sample(
              front.name(), round, load.name(), Figures.of(bins), running.residentBytes()));
    }
  }

  private List<Bin> run(Load load, Duration before, Duration bin, int bins, RunningFront running) {
    try (Clients clients =
        new Clients(
            vertx,
            site.authority(),
            running.port(),
            upstream.token(),
            load.protocol(),
            load.connections())) {
      return Stint.run(load.loop(clients), before, bin, bins, running::cpuNanos);
    }
  }

  private void watches(Front front, int round, RunningFront running) throws InterruptedException {
    OptionalLong heap = running.heapBytes();
    long resident = running.residentBytes();
    try (Watches watches =
        Watches.open(
            vertx, site.authority(), running.port(), upstream.token(), settings.watches())) {
      OptionalLong fuller = running.heapBytes();
      results.add(
          new Results.Idle(
              front.name(),
              round,
              settings.watches() - watches.missing(),
              running.residentBytes() - resident,
              heap.isPresent() && fuller.isPresent()
                  ? fuller.getAsLong() - heap.getAsLong()
                  : null));
    }
  }
}
